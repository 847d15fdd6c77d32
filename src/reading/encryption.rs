//! Files encrypted with the password that Excel and WPS try without asking (MS-OFFCRYPTO, and 2.2.9 of MS-XLS): who
//! opens them is asked for nothing, so they are read. No other password is tried.
//!
//! Decrypts whole packages (agile and standard encryption) and the record stream of .xls (obfuscation, RC4, RC4 of the
//! CryptoAPI). Writes nothing; what it gives back is as long as what it was given.

use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::{FixedOutputReset, Output};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::cfb::{Cfb, u16_at, u32_at};
use super::limits::{Limits, damaged};
use super::xml::{Element, Xml};
use crate::model::Unreadable;

/// The password that spreadsheet programs try of themselves (MS-OFFCRYPTO, 2.1.3 of MS-XLS).
const PASSWORD: &str = "VelvetSweatshop";

/// Rounds of hashing that are gone through for a password. A file that asks for more was made by no program of ours.
const MOST_ROUNDS: u32 = 200_000;

const BLOCK: usize = 16;

/// The package inside an encrypted one; [`Unreadable::Password`] where it has a password of its own.
pub(super) fn package(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    const INFO: &str = "EncryptionInfo";
    const PACKAGE: &str = "EncryptedPackage";
    let cfb = Cfb::open(bytes)?;
    let info = cfb.stream(INFO)?.ok_or(Unreadable::Password)?;
    let held = cfb.stream(PACKAGE)?.ok_or_else(|| damaged(PACKAGE, "缺少加密的内容"))?;
    let (length, encrypted) = held.split_at_checked(8).ok_or_else(|| damaged(PACKAGE, "加密的内容不完整"))?;
    let length = usize::try_from(u32_at(length, 0)).unwrap_or(usize::MAX);
    let mut plain = match (u16_at(&info, 0), u16_at(&info, 2)) {
        (4, 4) => Agile::read(info.get(8..).unwrap_or(&[]))?.decrypt(encrypted)?,
        (2..=4, 2) => standard(&info, encrypted)?,
        _ => return Err(Unreadable::Password),
    };
    if plain.len() < length {
        return Err(damaged(PACKAGE, "加密的内容不完整"));
    }
    plain.truncate(length);
    Ok(plain)
}

fn password_units() -> Vec<u8> {
    PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The hashes that agile encryption may name.
#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn named(name: &str) -> Option<Self> {
        match name {
            "SHA1" | "SHA-1" => Some(Self::Sha1),
            "SHA256" | "SHA-256" => Some(Self::Sha256),
            "SHA384" | "SHA-384" => Some(Self::Sha384),
            "SHA512" | "SHA-512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn of(self, first: &[u8], second: &[u8]) -> Vec<u8> {
        self.spun(first, second, 0)
    }

    /// The hash of both, hashed again in each round behind the round's number (2.3.4.7, 2.3.4.11).
    fn spun(self, first: &[u8], second: &[u8], rounds: u32) -> Vec<u8> {
        // One hasher and one buffer for all rounds: to make new ones costs more than the hashing.
        fn digest<D: Digest + FixedOutputReset>(first: &[u8], second: &[u8], rounds: u32) -> Vec<u8> {
            let mut hasher = D::new_with_prefix(first);
            let mut hash = Output::<D>::default();
            Digest::update(&mut hasher, second);
            Digest::finalize_into_reset(&mut hasher, &mut hash);
            for round in 0..rounds {
                Digest::update(&mut hasher, round.to_le_bytes());
                Digest::update(&mut hasher, &hash);
                Digest::finalize_into_reset(&mut hasher, &mut hash);
            }
            hash.to_vec()
        }
        match self {
            Self::Sha1 => digest::<Sha1>(first, second, rounds),
            Self::Sha256 => digest::<Sha256>(first, second, rounds),
            Self::Sha384 => digest::<Sha384>(first, second, rounds),
            Self::Sha512 => digest::<Sha512>(first, second, rounds),
        }
    }
}

/// A salt with what is hashed and enciphered by it (2.3.4.10).
struct Keying {
    hash: Hash,
    salt: Vec<u8>,
    key_bytes: usize,
}

impl Keying {
    fn read(element: &Element<'_>) -> Option<Self> {
        let aes = element.attribute("cipherAlgorithm").is_some_and(|name| name.eq_ignore_ascii_case("AES"));
        let chained = element
            .attribute("cipherChaining")
            .is_some_and(|name| name.eq_ignore_ascii_case("ChainingModeCBC"));
        let bits = element.number::<usize>("keyBits").filter(|bits| matches!(bits, 128 | 192 | 256))?;
        let keying = Self {
            hash: Hash::named(&element.attribute("hashAlgorithm")?.to_uppercase())?,
            salt: base64(&element.attribute("saltValue")?)?,
            key_bytes: bits / 8,
        };
        (aes && chained).then_some(keying)
    }
}

/// Agile encryption (2.3.4.10 to 2.3.4.15).
struct Agile {
    data: Keying,
    password: Keying,
    rounds: u32,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
    key: Vec<u8>,
}

impl Agile {
    fn read(xml: &[u8]) -> Result<Self, Unreadable> {
        const PART: &str = "EncryptionInfo";
        let text = std::str::from_utf8(xml).map_err(|_| Unreadable::Password)?;
        let limits = Limits::default();
        let mut xml = Xml::new(PART, text.trim_end_matches('\0'), &limits);
        let mut data = None;
        while let Some(event) = xml.next()? {
            if let Some(element) = event.start("keyData") {
                data = Keying::read(element);
            }
            let Some(element) = event.start("encryptedKey") else { continue };
            let bytes = |name: &str| element.attribute(name).and_then(|text| base64(&text));
            let read = || {
                Some(Self {
                    data: data.take()?,
                    password: Keying::read(element)?,
                    rounds: element.number::<u32>("spinCount").filter(|rounds| *rounds <= MOST_ROUNDS)?,
                    verifier: bytes("encryptedVerifierHashInput")?,
                    verifier_hash: bytes("encryptedVerifierHashValue")?,
                    key: bytes("encryptedKeyValue")?,
                })
            };
            return { read }().ok_or(Unreadable::Password);
        }
        Err(Unreadable::Password)
    }

    fn decrypt(&self, encrypted: &[u8]) -> Result<Vec<u8>, Unreadable> {
        const SEGMENT: usize = 4_096;
        let Self { data, password, .. } = self;
        let hash = password.hash.spun(&password.salt, &password_units(), self.rounds);
        let open = |held: &[u8], purpose: [u8; 8]| {
            let key = fitted(password.hash.of(&hash, &purpose), password.key_bytes);
            decrypt_chained(&key, &fitted(password.salt.clone(), BLOCK), held)
        };
        let verifier = open(&self.verifier, [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79])
            .ok_or(Unreadable::Password)?;
        let expected = open(&self.verifier_hash, [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E])
            .ok_or(Unreadable::Password)?;
        let verifier = verifier.get(..password.salt.len()).unwrap_or(&verifier);
        if !expected.starts_with(&password.hash.of(verifier, &[])) {
            return Err(Unreadable::Password);
        }
        let key =
            open(&self.key, [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6]).ok_or(Unreadable::Password)?;
        let key = fitted(key, data.key_bytes);
        let mut plain = Vec::with_capacity(encrypted.len());
        for (number, segment) in (0u32..).zip(encrypted.chunks(SEGMENT)) {
            let start = fitted(data.hash.of(&data.salt, &number.to_le_bytes()), BLOCK);
            plain.extend(decrypt_chained(&key, &start, segment).ok_or(Unreadable::Password)?);
        }
        Ok(plain)
    }
}

/// Standard encryption (2.3.4.5 to 2.3.4.9): AES, each block by itself, keys made with SHA-1.
fn standard(info: &[u8], encrypted: &[u8]) -> Result<Vec<u8>, Unreadable> {
    const ROUNDS: u32 = 50_000;
    let (header, verifier) = header_and_verifier(info.get(4..).unwrap_or(&[])).ok_or(Unreadable::Password)?;
    let key_bytes = match u32_at(header, 8) {
        0x660E => 16,
        0x660F => 24,
        0x6610 => 32,
        _ => return Err(Unreadable::Password),
    };
    let hash = Hash::Sha1.spun(verifier.salt, &password_units(), ROUNDS);
    let hash = Hash::Sha1.of(&hash, &[0; 4]);
    let widened = |pad: u8| {
        let mut buffer = [pad; 64];
        buffer.iter_mut().zip(&hash).for_each(|(byte, other)| *byte ^= other);
        Hash::Sha1.of(&buffer, &[])
    };
    let key = fitted([widened(0x36), widened(0x5C)].concat(), key_bytes);
    let (verifier, expected) = decrypt_blocks(&key, verifier.encrypted)
        .zip(decrypt_blocks(&key, verifier.encrypted_hash.get(..32).unwrap_or(&[])))
        .ok_or(Unreadable::Password)?;
    if !expected.starts_with(&Hash::Sha1.of(&verifier, &[])) {
        return Err(Unreadable::Password);
    }
    decrypt_blocks(&key, encrypted).ok_or(Unreadable::Password)
}

/// What proves a password (2.3.3).
struct Verifier<'i> {
    salt: &'i [u8],
    encrypted: &'i [u8],
    encrypted_hash: &'i [u8],
}

/// The header (2.3.2) and the verifier behind it; `info` begins with the flags, behind the version.
fn header_and_verifier(info: &[u8]) -> Option<(&[u8], Verifier<'_>)> {
    let length = usize::try_from(u32_at(info, 4)).ok()?;
    let (header, rest) = info.get(8..)?.split_at_checked(length)?;
    let verifier =
        Verifier { salt: rest.get(4..20)?, encrypted: rest.get(20..36)?, encrypted_hash: rest.get(40..)? };
    (u32_at(rest, 0) == 16).then_some((header, verifier))
}

/// A hash cut or filled up to a length (2.3.4.11).
fn fitted(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

/// AES with a key of any of its lengths.
enum Cipher {
    Short(Aes128),
    Middle(Aes192),
    Long(Aes256),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Self::Short),
            24 => Aes192::new_from_slice(key).ok().map(Self::Middle),
            32 => Aes256::new_from_slice(key).ok().map(Self::Long),
            _ => None,
        }
    }

    fn decrypt(&self, block: &[u8; BLOCK]) -> [u8; BLOCK] {
        let mut block = Block::from(*block);
        match self {
            Self::Short(cipher) => cipher.decrypt_block(&mut block),
            Self::Middle(cipher) => cipher.decrypt_block(&mut block),
            Self::Long(cipher) => cipher.decrypt_block(&mut block),
        }
        block.into()
    }
}

/// Each block by itself; what is left over at the end is dropped.
fn decrypt_blocks(key: &[u8], encrypted: &[u8]) -> Option<Vec<u8>> {
    let cipher = Cipher::new(key)?;
    Some(encrypted.as_chunks::<BLOCK>().0.iter().flat_map(|block| cipher.decrypt(block)).collect())
}

/// Each block exclusive-ored with the enciphered one before it (CBC).
fn decrypt_chained(key: &[u8], start: &[u8], encrypted: &[u8]) -> Option<Vec<u8>> {
    let cipher = Cipher::new(key)?;
    let mut before: [u8; BLOCK] = *start.first_chunk()?;
    let mut plain = Vec::with_capacity(encrypted.len());
    for block in encrypted.as_chunks::<BLOCK>().0 {
        plain.extend(cipher.decrypt(block).iter().zip(before).map(|(byte, other)| byte ^ other));
        before = *block;
    }
    Some(plain)
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut bytes) = (0u32, 0u32, Vec::with_capacity(text.len()));
    for c in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
/// A record that readers pass over (WRITEACCESS): what FILEPASS becomes in a stream that is decrypted.
const PASSED_OVER: u16 = 0x005C;

/// A workbook stream of BIFF in the clear; `None` where it is not encrypted.
pub(super) fn stream(stream: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    let Some((at, pass)) = file_pass(stream) else { return Ok(None) };
    let scheme = Scheme::of(pass).ok_or(Unreadable::Password)?;
    let mut plain = stream.to_vec();
    if let Some(kind) = plain.get_mut(at..at + 2) {
        kind.copy_from_slice(&PASSED_OVER.to_le_bytes());
    }
    let mut keystream = scheme.keystream();
    let mut from = at;
    // Record by record: their heads are in the clear, and what is cut short is said by the reader.
    while let Some(head) = stream.get(from..from.saturating_add(4)) {
        let (kind, length) = (u16_at(head, 0), usize::from(u16_at(head, 2)));
        let body = from + 4;
        let clear = match kind {
            // BOF, FILEPASS, USREXCL, FILELOCK, INTERFACEHDR, RRDINFO, RRDHEAD (MS-XLS 2.2.10).
            0x0009 | 0x0209 | 0x0409 | 0x0809 | FILE_PASS | 0x0194 | 0x0195 | 0x00E1 | 0x0196 | 0x0138 => {
                length
            }
            // Where the sheet begins is in the clear.
            BOUND_SHEET => 4.min(length),
            _ => 0,
        };
        from = body + length;
        keystream.apply(&mut plain, &(body..from), clear);
    }
    Ok(Some(plain))
}

/// Where FILEPASS stands among the globals, and what it says.
fn file_pass(stream: &[u8]) -> Option<(usize, &[u8])> {
    let mut at = 0;
    loop {
        let head = stream.get(at..at + 4)?;
        let (kind, length) = (u16_at(head, 0), usize::from(u16_at(head, 2)));
        match kind {
            FILE_PASS => return Some((at, stream.get(at + 4..at + 4 + length)?)),
            0x000A => return None,
            _ => at += 4 + length,
        }
    }
}

/// How a stream is encrypted, once the password has proved right.
enum Scheme {
    Obfuscated,
    /// The first five bytes of the hash that all keys are made of (2.3.6.2).
    Rc4([u8; 5]),
    /// The hash that all keys are made of, and their length (2.3.5.2).
    CryptoApi {
        hash: Vec<u8>,
        key_bytes: usize,
    },
}

impl Scheme {
    fn of(pass: &[u8]) -> Option<Self> {
        /// Key and verifier of the password (2.3.7.2 and 2.3.7.1): the same in every file.
        const OBFUSCATION: [u8; 4] = [0x59, 0xB3, 0x0A, 0x9A];
        if pass.len() == 4 {
            // BIFF5 knows no other scheme and names none.
            return (pass == OBFUSCATION).then_some(Self::Obfuscated);
        }
        match (u16_at(pass, 0), u16_at(pass, 2), u16_at(pass, 4)) {
            (0, ..) => (pass.get(2..6)? == OBFUSCATION).then_some(Self::Obfuscated),
            (1, 1, 1) => {
                let (salt, verifier, expected) = (pass.get(6..22)?, pass.get(22..38)?, pass.get(38..54)?);
                let start = Md5::digest(password_units());
                let salted: Vec<u8> = start.iter().take(5).chain(salt).copied().collect();
                let hash = Md5::digest(salted.repeat(16));
                let scheme = Self::Rc4(*hash.first_chunk()?);
                let (verifier, expected) = scheme.verifier(verifier, expected);
                (Md5::digest(verifier).to_vec() == expected).then_some(scheme)
            }
            (1, 2..=4, 2) => {
                let (header, verifier) = header_and_verifier(pass.get(6..)?)?;
                // No length given means 40 bits (2.3.5.1).
                let key_bytes = match u32_at(header, 16) {
                    0 => 5,
                    bits @ 40..=128 => usize::try_from(bits / 8).ok()?,
                    _ => return None,
                };
                let scheme =
                    Self::CryptoApi { hash: Hash::Sha1.of(verifier.salt, &password_units()), key_bytes };
                let (verifier, expected) =
                    scheme.verifier(verifier.encrypted, verifier.encrypted_hash.get(..20)?);
                (Hash::Sha1.of(&verifier, &[]) == expected).then_some(scheme)
            }
            _ => None,
        }
    }

    /// Verifier and hash, deciphered one behind the other with the first key.
    fn verifier(&self, verifier: &[u8], hash: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut both = [verifier, hash].concat();
        let mut cipher = Rc4::new(&self.key(0));
        both.iter_mut().for_each(|byte| *byte ^= cipher.next());
        let hash = both.split_off(verifier.len());
        (both, hash)
    }

    fn key(&self, block: u32) -> Vec<u8> {
        match self {
            Self::Obfuscated => Vec::new(),
            Self::Rc4(hash) => {
                Md5::new().chain_update(hash).chain_update(block.to_le_bytes()).finalize().to_vec()
            }
            Self::CryptoApi { hash, key_bytes } => {
                let mut key = Hash::Sha1.of(hash, &block.to_le_bytes());
                key.truncate(*key_bytes);
                if *key_bytes == 5 {
                    key.resize(16, 0);
                }
                key
            }
        }
    }

    fn keystream(self) -> Keystream {
        Keystream { scheme: self, block: None, cipher: Rc4::new(&[0]), used: 0 }
    }
}

/// What the bytes of a stream are exclusive-ored with, by their place in it: a new key every 1024 bytes.
struct Keystream {
    scheme: Scheme,
    block: Option<usize>,
    cipher: Rc4,
    /// Bytes of the block's keystream that are used up.
    used: usize,
}

impl Keystream {
    const BLOCK: usize = 1_024;

    /// Deciphers what is to be of a record's body. Records come in their order.
    fn apply(&mut self, stream: &mut [u8], record: &std::ops::Range<usize>, clear: usize) {
        /// 2.3.7.2, of the password.
        const OBFUSCATION: [u8; BLOCK] =
            [0x87, 0x6B, 0x9A, 0xE2, 0x1E, 0xE3, 0x05, 0x62, 0x1E, 0x69, 0x96, 0x60, 0x98, 0x6E, 0x94, 0x04];
        let body = stream.get_mut(record.clone()).unwrap_or(&mut []);
        for (within, byte) in body.iter_mut().enumerate().skip(clear) {
            let at = record.start + within;
            *byte = match self.scheme {
                Scheme::Obfuscated => {
                    let key = OBFUSCATION.get((record.end + within) % BLOCK).copied().unwrap_or(0);
                    (*byte ^ key).rotate_left(3)
                }
                Scheme::Rc4(_) | Scheme::CryptoApi { .. } => *byte ^ self.at(at),
            };
        }
    }

    /// The keystream's byte at a place of the stream.
    fn at(&mut self, place: usize) -> u8 {
        let (block, within) = (place / Self::BLOCK, place % Self::BLOCK);
        if self.block != Some(block) {
            self.block = Some(block);
            self.cipher = Rc4::new(&self.scheme.key(u32::try_from(block).unwrap_or(u32::MAX)));
            self.used = 0;
        }
        while self.used < within {
            self.cipher.next();
            self.used += 1;
        }
        self.used += 1;
        self.cipher.next()
    }
}

/// The stream cipher RC4.
struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    fn new(key: &[u8]) -> Self {
        let mut cipher =
            Self { state: std::array::from_fn(|index| u8::try_from(index).unwrap_or(0)), i: 0, j: 0 };
        let mut j = 0u8;
        for (i, key) in (0..=255u8).zip(key.iter().cycle()) {
            j = j.wrapping_add(cipher.state_at(i)).wrapping_add(*key);
            cipher.state.swap(usize::from(i), usize::from(j));
        }
        cipher
    }

    fn state_at(&self, index: u8) -> u8 {
        self.state.get(usize::from(index)).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        self.j = self.j.wrapping_add(self.state_at(self.i));
        self.state.swap(usize::from(self.i), usize::from(self.j));
        self.state_at(self.state_at(self.i).wrapping_add(self.state_at(self.j)))
    }
}
