//! Fingerprints of files.

use std::fmt;

use sha2::Digest;

/// Bytes hashed at one go. A browser begins with code that is quick to make and goes on with fast one at the next call:
/// a whole file in one call would be hashed by the slow one, at a fifth of the speed.
const PIECE: usize = 4096;

/// The SHA-256 of some bytes (FIPS 180-4); shown as 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = sha2::Sha256::new();
        bytes.chunks(PIECE).for_each(|piece| hash.update(piece));
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard() {
        assert_eq!(
            Sha256::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
