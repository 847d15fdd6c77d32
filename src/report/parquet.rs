//! 长表 as a Parquet file, for engines that read columns: the period as a date, numbers as decimals, texts as they are.
//! On the command line only: the page writes what an office opens.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::long::CAPTIONS;
use crate::breakdown::Breakdown;
use crate::consolidate::{LongRow, MEASURE, Series, long};
use crate::model::Decimal;

/// Digits of a decimal of sixteen bytes.
const DIGITS: u32 = 38;
/// Digits behind the point: the same in every file, so that several are read as one table; more only where a number
/// has more.
const SCALE: u32 = 6;

/// Why there is no Parquet file.
#[derive(Debug, thiserror::Error)]
#[error("写不出 Parquet 长表，请改用 .csv")]
pub struct Unwritten(#[from] ParquetError);

/// The columns of the CSV, by the same names and in the same order.
pub fn write(series: &Series, breakdown: &Breakdown) -> Result<Vec<u8>, Unwritten> {
    let rows: Vec<LongRow> = long(series, breakdown).collect();
    let numbers = || rows.iter().flat_map(|row| [row.value, row.target]).flatten();
    let scale = numbers().map(|number| number.normalize().scale()).fold(SCALE, u32::max);
    let number = format!("OPTIONAL FIXED_LEN_BYTE_ARRAY (16) {{}} (DECIMAL({DIGITS},{scale}))");
    let fields = CAPTIONS.iter().enumerate().map(|(column, caption)| {
        // A name ends at a blank.
        let name = caption.replace(' ', "_");
        match column {
            0 => format!("REQUIRED INT32 {name} (DATE);"),
            2 => format!("REQUIRED INT32 {name};"),
            5 | 7 => format!("{};", number.replace("{}", &name)),
            _ => format!("REQUIRED BYTE_ARRAY {name} (UTF8);"),
        }
    });
    let schema = parse_message_type(&format!("message long {{ {} }}", fields.collect::<String>()))?;
    let how = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(how))?;
    let mut group = writer.next_row_group()?;
    let texts = |group: &mut SerializedRowGroupWriter<'_, Vec<u8>>, of: &dyn Fn(&LongRow) -> String| {
        let column = rows.iter().map(|row| ByteArray::from(of(row).into_bytes()));
        put::<ByteArrayType>(group, &column.collect::<Vec<_>>(), None)
    };
    let decimals = |group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
                    of: fn(&LongRow) -> Option<Decimal>| {
        let there: Vec<i16> = rows.iter().map(|row| i16::from(of(row).is_some())).collect();
        let column =
            rows.iter().filter_map(of).map(|number| unscaled(number, scale)).collect::<Result<Vec<_>, _>>();
        put::<FixedLenByteArrayType>(group, &column?, Some(&there))
    };
    put::<Int32Type>(&mut group, &rows.iter().map(days).collect::<Vec<_>>(), None)?;
    texts(&mut group, &|row| row.city.clone())?;
    let ordinals = rows.iter().map(|row| i32::try_from(row.number).unwrap_or(0));
    put::<Int32Type>(&mut group, &ordinals.collect::<Vec<_>>(), None)?;
    texts(&mut group, &|row| row.indicator.clone())?;
    texts(&mut group, &|_| MEASURE.to_owned())?;
    decimals(&mut group, |row| row.value)?;
    texts(&mut group, &|row| row.unit.clone())?;
    decimals(&mut group, |row| row.target)?;
    texts(&mut group, &|row| row.raw.clone())?;
    texts(&mut group, &|row| row.folder_and_name().1.to_owned())?;
    texts(&mut group, &|row| row.folder_and_name().0.to_owned())?;
    texts(&mut group, &|row| row.sheet.clone())?;
    texts(&mut group, &|row| row.cell.to_string())?;
    texts(&mut group, &|row| row.sha256.to_string())?;
    texts(&mut group, &|row| row.state.clone())?;
    group.close()?;
    Ok(writer.into_inner()?)
}

/// Writes the next column; `there` says of each row whether it has a value, where not all of them do.
fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    there: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let mut column =
        group.next_column()?.ok_or_else(|| ParquetError::General("more columns than captions".to_owned()))?;
    column.typed::<T>().write_batch(values, there, None)?;
    column.close()
}

/// A number as so many units of its last digit, big end first; never a rounded one.
fn unscaled(number: Decimal, scale: u32) -> Result<FixedLenByteArray, ParquetError> {
    let number = number.normalize();
    let too_long = || ParquetError::General(format!("{number} has too many digits"));
    let up = 10_i128.checked_pow(scale.saturating_sub(number.scale())).ok_or_else(too_long)?;
    let units = number.mantissa().checked_mul(up).filter(|units| units.unsigned_abs() < 10_u128.pow(DIGITS));
    Ok(ByteArray::from(units.ok_or_else(too_long)?.to_be_bytes().to_vec()).into())
}

/// The last day of the period, in days since the beginning of 1970.
fn days(row: &LongRow) -> i32 {
    let (year, month, day) = row.date();
    // Civil days: years begin in March, so that the day that comes and goes is the last one.
    let (year, month) = (i32::from(year) - i32::from(month < 3), (i32::from(month) + 9) % 12);
    let leaps = year / 4 - year / 100 + year / 400;
    365 * year + leaps + (153 * month + 2) / 5 + i32::from(day) - 1 - 719_468
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_every_digit_or_is_refused() {
        let units = |text: &str, scale| {
            unscaled(text.parse().unwrap(), scale).map(|units| units.data().to_vec()).ok()
        };
        assert_eq!(units("12.50", 6), Some(12_500_000_i128.to_be_bytes().to_vec()));
        assert_eq!(units("-0.000001", 6), Some((-1_i128).to_be_bytes().to_vec()));
        assert_eq!(
            units("79228162514264337593543950335", 9),
            Some((((1_i128 << 96) - 1) * 1_000_000_000).to_be_bytes().to_vec())
        );
        assert_eq!(units("79228162514264337593543950335", 10), None);
    }
}
