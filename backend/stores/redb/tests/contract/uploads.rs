//! Uploads of the local server: partial files, the reserve of free space, and uploads of an earlier run.

use std::{fs, net::IpAddr, path::Path, sync::Arc};

use chat::ports::images::Images;
use chat_testing::contract::fixtures::{now, upload};
use platform::system::{SystemClock, SystemEntropy};
use shared_types::{ImageType, Timestamp, limits};
use store_redb::images::{FileImages, UploadError, UploadRefusal};

const BYTES: &[u8] = b"ten bytes.";

fn open(directory: &Path) -> FileImages {
    FileImages::open(directory, Arc::new(SystemClock), &SystemEntropy).unwrap()
}

fn files(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory.join("uploads")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn an_incomplete_upload_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let images = open(directory.path());
    let image = upload("n", ImageType::Png, BYTES.len());

    let mut dropped = images.receive(&image, None).await.unwrap();
    assert!(dropped.write(&BYTES[..9]).await.unwrap());
    let again = images.receive(&image, None).await;
    assert!(matches!(again, Err(UploadError::Refused(UploadRefusal::InProgress))));
    drop(dropped);

    let mut short = images.receive(&image, None).await.unwrap();
    assert!(short.write(&BYTES[..9]).await.unwrap());
    assert!(!short.finish().await.unwrap());

    let mut long = images.receive(&image, None).await.unwrap();
    assert!(long.write(BYTES).await.unwrap());
    assert!(!long.write(b"!").await.unwrap());
    drop(long);

    assert_eq!(files(directory.path()), [""; 0]);
    assert_eq!(images.uploaded(&image).await.unwrap(), None);
}

#[tokio::test]
async fn uploads_leave_a_reserve_of_free_space() {
    let directory = tempfile::tempdir().unwrap();
    let full = open(directory.path()).with_free_space(|_| Ok(256 * 1024 * 1024 + 9));
    let image = upload("n", ImageType::Png, BYTES.len());
    let refused = full.receive(&image, None).await;
    assert!(matches!(refused, Err(UploadError::Refused(UploadRefusal::DiskFull))));
    assert_eq!(files(directory.path()), [""; 0]);

    let just_enough = full.with_free_space(|_| Ok(256 * 1024 * 1024 + 10));
    assert!(just_enough.receive(&image, None).await.is_ok(), "the refusal gave the room back");
}

#[tokio::test]
async fn a_start_removes_partial_files_and_counts_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let earlier = open(directory.path());
    fs::write(directory.path().join("uploads/.7.part"), "interrupted").unwrap();
    // A sparse file: it has a size and takes no space.
    let waiting = fs::File::create(directory.path().join("uploads/waiting")).unwrap();
    waiting.set_len(128 * 2 * 1024 * 1024).unwrap();
    drop(earlier);

    let images = open(directory.path());
    assert_eq!(files(directory.path()), ["waiting"]);
    let address = Some(IpAddr::from([192, 0, 2, 1]));
    let mut incoming = images.receive(&upload("n", ImageType::Png, BYTES.len()), address).await.unwrap();
    assert!(incoming.write(BYTES).await.unwrap() && incoming.finish().await.unwrap());
    assert_eq!(files(directory.path()), ["ann=.lobby.n.10.png"], "the earlier one made room");
}

#[tokio::test]
async fn a_sent_removed_or_swept_upload_gives_its_room_back() {
    let directory = tempfile::tempdir().unwrap();
    let images = open(directory.path());
    let address = Some(IpAddr::from([192, 0, 2, 1]));
    let bytes = vec![0; limits::IMAGE_BYTES as usize];
    // An address may hold 16.
    for number in 0..40 {
        let image = upload(&format!("n-{number}"), ImageType::Png, bytes.len());
        let mut incoming = images.receive(&image, address).await.unwrap();
        assert!(incoming.write(&bytes).await.unwrap() && incoming.finish().await.unwrap());
        match number % 3 {
            0 => {
                let version = images.uploaded(&image).await.unwrap().unwrap().version;
                assert!(images.keep(&image, &version).await.unwrap());
            }
            1 => images.discard(&image).await.unwrap(),
            _ => assert_eq!(images.sweep(Timestamp(now().0 + 60_000)).await.unwrap(), 1),
        }
    }
}
