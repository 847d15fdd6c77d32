// Downloads read again by a library that had no part in writing them.
import { load } from '../../xtask/tools/packages.mjs';

const ExcelJS = load('exceljs');
const { unzipSync } = load('fflate');

/** Sheet name → address → what the cell holds: a number, a text, or `{ formula, result }`. */
export async function readWorkbook(bytes) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes);
  const sheets = new Map();
  for (const sheet of workbook.worksheets) {
    const cells = new Map();
    sheet.eachRow((row) => row.eachCell((cell) => {
      if (cell.master === cell) cells.set(cell.address, plain(cell.value));
    }));
    sheets.set(sheet.name, cells);
  }
  return sheets;
}

/** Name → bytes of every file in a zip. */
export const members = (bytes) => new Map(Object.entries(unzipSync(bytes)));

/** The workbook with other values in cells of its first sheet, as another program writes it: `{ A1: value }`. */
export async function edited(bytes, values) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes);
  for (const [address, value] of Object.entries(values)) workbook.worksheets[0].getCell(address).value = value;
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The workbook with other looks of cells of its first sheet, `{ A1: { font, fill, alignment } }`, and widths of its
 * columns, `{ H: 12 }`. */
export async function styled(bytes, looks, widths) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes);
  for (const [address, look] of Object.entries(looks)) {
    const cell = workbook.worksheets[0].getCell(address);
    // Cells of one look share it.
    cell.style = { ...cell.style, ...look };
  }
  for (const [column, width] of Object.entries(widths)) workbook.worksheets[0].getColumn(column).width = width;
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

/** The workbook without any column width, one column of its first sheet hidden (counted from 1). */
export async function withoutWidths(bytes, hidden) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes);
  const [sheet] = workbook.worksheets;
  for (let at = 1; at <= sheet.columnCount; at += 1) sheet.getColumn(at).width = undefined;
  sheet.getColumn(hidden).hidden = true;
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

function plain(value) {
  if (value === null || typeof value !== 'object') return value;
  if (value.richText) return value.richText.map((run) => run.text).join('');
  if (value.formula || value.sharedFormula)
    return { formula: value.formula ?? value.sharedFormula, result: value.result };
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

/** `Sheet!A1` → [before, after] of every cell that differs in the sheets that both have. */
export async function changedCells(before, after) {
  const [old, now] = [await readWorkbook(before), await readWorkbook(after)];
  const changed = new Map();
  for (const [sheet, cells] of old) {
    const others = now.get(sheet) ?? new Map();
    for (const address of new Set([...cells.keys(), ...others.keys()])) {
      const pair = [cells.get(address) ?? null, others.get(address) ?? null];
      if (JSON.stringify(pair[0]) !== JSON.stringify(pair[1])) changed.set(`${sheet}!${address}`, pair);
    }
  }
  return changed;
}

/** Names of the parts of a package that are not byte-identical in the other, or are missing there. */
export function changedParts(before, after) {
  const [old, now] = [unzipSync(before), unzipSync(after)];
  return Object.keys(old).filter(
    (name) => !now[name] || Buffer.compare(Buffer.from(old[name]), Buffer.from(now[name])) !== 0,
  );
}
