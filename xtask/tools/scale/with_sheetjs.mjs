// The same job in SheetJS, as one would write it: node with_sheetjs.mjs FOLDER OUT.xlsx
import fs from 'node:fs';
import path from 'node:path';
import { load } from '../packages.mjs';

const XLSX = load('xlsx');
const [folder, out] = process.argv.slice(2);
const totals = new Map();
const long = [];
for (const name of fs.readdirSync(folder).sort()) {
  const book = XLSX.read(fs.readFileSync(path.join(folder, name)), { dense: true });
  const sheet = book.SheetNames[0];
  const rows = XLSX.utils.sheet_to_json(book.Sheets[sheet], { header: 1 });
  const [, city, year, month] = /([\p{L}]+市).*?(\d+)年(\d+)月/u.exec(rows[1][0]);
  const period = Number(year) * 12 + Number(month);
  if (!totals.has(period)) totals.set(period, new Map());
  const sums = totals.get(period);
  for (const [at, row] of rows.entries()) {
    if (at < 3) continue;
    sums.set(row[1], (sums.get(row[1]) ?? 0) + row[6]);
    long.push([`${year}-${month}`, city, row[0], row[1], row[6], row[2], name, sheet, `G${at + 1}`]);
  }
}
const latest = totals.get(Math.max(...totals.keys()));
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([...latest]), '汇总表');
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(long), '长表');
XLSX.writeFile(book, out);
console.log([...latest.values()].reduce((sum, total) => sum + total, 0));
