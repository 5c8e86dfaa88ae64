//! What browsers put, and what is kept of it.

use backend::ports::Upload;
use shared_types::{ImageType, Timestamp};

use super::{
    World, contract,
    fixtures::{identity, now, upload},
};

contract! {
    an_upload_is_found_as_it_was_put
    an_address_is_for_its_bytes_type_and_message_only
    only_what_was_looked_at_is_kept
    a_discarded_upload_is_gone
    a_removed_image_is_gone
    the_sweep_takes_old_uploads_and_nothing_that_is_kept
}

async fn put(world: &World, upload: &Upload, bytes: &[u8]) -> bool {
    let address = world.images.address(upload).await.unwrap();
    world.browser.put(&address, upload.kind.media_type(), bytes).await
}

async fn an_upload_is_found_as_it_was_put(world: World) {
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let image = upload("n", ImageType::Webp, bytes.len());
    assert_eq!(world.images.uploaded(&image).await.unwrap(), None);
    assert!(put(&world, &image, &bytes).await);
    let found = world.images.uploaded(&image).await.unwrap().unwrap();
    assert_eq!(found.size, 200_000);
    assert!(found.head.len() >= backend::ports::Uploaded::HEAD && bytes.starts_with(&found.head));
    for other in
        [upload("m", image.kind, bytes.len()), upload("n", image.kind, 7), upload("n", ImageType::Png, bytes.len())]
    {
        assert_eq!(world.images.uploaded(&other).await.unwrap(), None, "{other:?}");
    }
}

async fn an_address_is_for_its_bytes_type_and_message_only(world: World) {
    let image = upload("n", ImageType::Png, 4);
    let address = world.images.address(&image).await.unwrap();
    let other = upload("m", ImageType::Png, 4);
    let another = address.replace("/n/", "/m/").replace("\"n\"", "\"m\"");
    assert_ne!(address, another);
    for (address, media_type, bytes) in [
        (&address, "image/png", "12345"),
        (&address, "image/png", "123"),
        (&address, "image/png", ""),
        (&address, "image/gif", "1234"),
        (&address, "text/html", "1234"),
        (&another, "image/png", "1234"),
    ] {
        world.browser.put(address, media_type, bytes.as_bytes()).await;
        assert_eq!(world.images.uploaded(&image).await.unwrap(), None, "{media_type} {bytes}");
        assert_eq!(world.images.uploaded(&other).await.unwrap(), None, "{address}");
    }
    assert!(world.browser.put(&address, "image/png", b"1234").await);
}

async fn only_what_was_looked_at_is_kept(world: World) {
    let image = upload("n", ImageType::Gif, 3);
    assert!(!world.images.keep(&image, "never seen").await.unwrap());
    put(&world, &image, b"one").await;
    let first = world.images.uploaded(&image).await.unwrap().unwrap().version;
    put(&world, &image, b"two").await;
    assert!(!world.images.keep(&image, &first).await.unwrap(), "it was changed meanwhile");
    assert!(!world.images.is_kept(&image.identity).await.unwrap());
    let second = world.images.uploaded(&image).await.unwrap().unwrap().version;
    assert!(world.images.keep(&image, &second).await.unwrap());
    assert!(world.images.is_kept(&image.identity).await.unwrap());
    assert!(!world.images.is_kept(&identity("lobby", "bob", "n")).await.unwrap());
    assert!(!world.images.is_kept(&identity("cats", "ann=", "n")).await.unwrap());
}

async fn a_discarded_upload_is_gone(world: World) {
    let image = upload("n", ImageType::Jpeg, 3);
    assert!(put(&world, &image, b"one").await);
    world.images.discard(&image).await.unwrap();
    assert_eq!(world.images.uploaded(&image).await.unwrap(), None);
    world.images.discard(&image).await.unwrap();
}

async fn a_removed_image_is_gone(world: World) {
    let image = upload("n", ImageType::Jpeg, 3);
    assert!(put(&world, &image, b"one").await);
    let version = world.images.uploaded(&image).await.unwrap().unwrap().version;
    assert!(world.images.keep(&image, &version).await.unwrap());
    assert!(world.images.is_kept(&image.identity).await.unwrap());
    world.images.remove(&image.identity).await.unwrap();
    assert!(!world.images.is_kept(&image.identity).await.unwrap());
    world.images.remove(&image.identity).await.unwrap();
}

async fn the_sweep_takes_old_uploads_and_nothing_that_is_kept(world: World) {
    let (kept, left) = (upload("n", ImageType::Gif, 3), upload("m", ImageType::Gif, 3));
    for image in [&kept, &left] {
        put(&world, image, b"one").await;
    }
    let version = world.images.uploaded(&kept).await.unwrap().unwrap().version;
    world.images.keep(&kept, &version).await.unwrap();
    assert_eq!(world.images.sweep(Timestamp(0)).await.unwrap(), 0);
    assert!(world.images.uploaded(&left).await.unwrap().is_some());
    assert!(world.images.sweep(Timestamp(now().0 + 60_000)).await.unwrap() >= 1);
    assert_eq!(world.images.uploaded(&left).await.unwrap(), None);
    assert!(world.images.is_kept(&kept.identity).await.unwrap());
}
