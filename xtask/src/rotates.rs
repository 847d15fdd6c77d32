//! Rotations out of large functions. The baseline compiler of Chromium 69 knows no `rotl` and no `rotr`, and leaves
//! every function that has one to the optimising compiler, which takes a second for what the other does in
//! milliseconds: one rotation in the engine's largest function, of pairs that LLVM compares the other way round, held
//! up its start.

use walrus::ir::{self, BinaryOp, Call, Instr};
use walrus::{FunctionBuilder, FunctionId, Module, ValType};

/// The name of the functions that rotate; wasm-opt is told to leave them as they are.
pub const NAME: &str = "rotated";

/// Instructions from which a function is large: what optimises it is felt.
const LARGE: u64 = 1_000;
/// With more of them, a function lives by them: it computes a hash.
const FEW: usize = 8;

const ROTATIONS: [(BinaryOp, ValType); 4] = [
    (BinaryOp::I32Rotl, ValType::I32),
    (BinaryOp::I32Rotr, ValType::I32),
    (BinaryOp::I64Rotl, ValType::I64),
    (BinaryOp::I64Rotr, ValType::I64),
];

/// Puts a call in the place of every rotation in a large function that has few.
pub fn put_aside(module: &mut Module) {
    let mut large = Vec::new();
    for (id, function) in module.funcs.iter_local_mut() {
        if function.size() >= LARGE {
            let mut count = Count(0);
            let entry = function.entry_block();
            ir::dfs_pre_order_mut(&mut count, function, entry);
            if (1..=FEW).contains(&count.0) {
                large.push(id);
            }
        }
    }
    let functions = ROTATIONS.map(|(op, kind)| function(module, op, kind));
    for id in large {
        let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
        let entry = function.entry_block();
        ir::dfs_pre_order_mut(&mut Replace(functions), function, entry);
    }
}

/// Which of the rotations it is.
fn place(op: BinaryOp) -> Option<usize> {
    ROTATIONS.iter().position(|(rotation, _)| std::mem::discriminant(rotation) == std::mem::discriminant(&op))
}

/// `(value, by) -> value`, on the stack as the instruction has it.
fn function(module: &mut Module, op: BinaryOp, kind: ValType) -> FunctionId {
    let [value, by] = [module.locals.add(kind), module.locals.add(kind)];
    let mut builder = FunctionBuilder::new(&mut module.types, &[kind, kind], &[kind]);
    builder.name(format!("{NAME} {op:?}"));
    builder.func_body().local_get(value).local_get(by).binop(op);
    builder.finish(vec![value, by], &mut module.funcs)
}

struct Count(usize);

impl ir::VisitorMut for Count {
    fn visit_binop_mut(&mut self, binop: &mut ir::Binop) {
        self.0 += usize::from(place(binop.op).is_some());
    }
}

struct Replace([FunctionId; 4]);

impl ir::VisitorMut for Replace {
    fn visit_instr_mut(&mut self, instr: &mut Instr, _: &mut ir::InstrLocId) {
        if let Instr::Binop(binop) = instr
            && let Some(func) = place(binop.op).and_then(|at| self.0.get(at))
        {
            *instr = Instr::Call(Call { func: *func });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function of so many instructions and rotations.
    fn module(plain: usize, rotations: usize) -> (Module, FunctionId) {
        let mut module = Module::default();
        let value = module.locals.add(ValType::I64);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I64], &[]);
        for _ in 0..plain {
            builder.func_body().local_get(value).drop();
        }
        for _ in 0..rotations {
            builder.func_body().local_get(value).i64_const(32).binop(BinaryOp::I64Rotl).drop();
        }
        let function = builder.finish(vec![value], &mut module.funcs);
        module.exports.add("function", function);
        (module, function)
    }

    fn left(plain: usize, rotations: usize) -> usize {
        let (mut module, id) = module(plain, rotations);
        put_aside(&mut module);
        let mut count = Count(0);
        let function = module.funcs.get_mut(id).kind.unwrap_local_mut();
        let entry = function.entry_block();
        ir::dfs_pre_order_mut(&mut count, function, entry);
        Module::from_buffer(&module.emit_wasm()).unwrap();
        count.0
    }

    #[test]
    fn only_large_functions_with_few_rotations_are_rid_of_them() {
        assert_eq!((left(1_000, 2), left(10, 2), left(1_000, 9)), (0, 2, 9));
    }
}
