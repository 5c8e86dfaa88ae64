//! Damages files.

use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::Path,
};

use fastrand::Rng;

/// Overwrites up to seven places of a file, each up to 4 KiB long, with random bytes.
pub fn damage(file: &Path, rng: &mut Rng) {
    let length = fs::metadata(file).unwrap().len();
    let mut file = File::options().write(true).open(file).unwrap();
    for _ in 0..rng.u32(1..8) {
        let bytes: Vec<u8> = (0..rng.usize(1..4096)).map(|_| rng.u8(..)).collect();
        file.seek(SeekFrom::Start(rng.u64(0..length))).unwrap();
        file.write_all(&bytes).unwrap();
    }
}
