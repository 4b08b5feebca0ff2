//! The region's door for image archives: whole, or in chunks that a broken upload goes on with
//! (rainbond api/controller/chunk_upload_controller.go, chunk_upload_manager.go; rebuild.md §7.1).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use http::Request;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::console::{Answer, Ask, Console};
use crate::noise;
use crate::region::grdata;
use crate::state::ChunkSession;

const SMALLEST_CHUNK: u64 = 1024 * 1024;
const USUAL_CHUNK: u64 = 5 * 1024 * 1024;
const LARGEST_CHUNK: u64 = 20 * 1024 * 1024;
/// A session and its chunks live one day.
const LIFE_MICROS: i64 = 24 * 60 * 60 * 1_000_000;

/// What is asked for at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    Whole,
    Init,
    Chunk,
    Complete,
    Status(String),
    Drop(String),
}

/// Where the files of an upload lie.
pub(crate) fn images_folder(dir: &Path, event_id: &str) -> PathBuf {
    grdata(dir).join("package_build").join("temp").join("events").join(event_id)
}

fn chunks_folder(dir: &Path, session: &str) -> PathBuf {
    grdata(dir).join("package_build").join("chunks").join(session)
}

type Refused = (u16, String);

/// Answers plainly, as a region does.
pub(crate) async fn answer(console: &Arc<Console>, event: &str, door: Door, request: Request<Body>) -> Answer {
    forget_old(console).await;
    let done = match door {
        Door::Whole => whole(console, event, request).await,
        Door::Init => init(console, event, &Ask::read(request).await),
        Door::Chunk => chunk(console, event, &Ask::read(request).await).await,
        Door::Complete => complete(console, event, &Ask::read(request).await).await,
        Door::Status(id) => status(console, event, &id).await,
        Door::Drop(id) => drop_session(console, event, &id).await,
    };
    match done {
        Ok(bean) => Answer::json(200, &json!({ "bean": bean })),
        Err((status, why)) => Answer::json(status, &json!({ "code": status, "msg": why })),
    }
}

fn plain(name: &str) -> bool {
    !name.is_empty() && name != ".." && name != "." && !name.contains(['/', '\\'])
}

async fn forget_old(console: &Arc<Console>) {
    let now = console.clock().now();
    let is_old = |session: &ChunkSession| now - session.create_time > LIFE_MICROS;
    let old: Vec<String> = console.look(|state| {
        let sessions = state.image_uploads.iter().flat_map(|row| &row.sessions);
        sessions.filter(|session| is_old(session)).map(|session| session.id.clone()).collect()
    });
    if old.is_empty() {
        return;
    }
    let _ = console.change(|state| {
        state.image_uploads.iter_mut().for_each(|row| row.sessions.retain(|session| !is_old(session)));
    });
    for id in old {
        let _ = tokio::fs::remove_dir_all(chunks_folder(console.dir(), &id)).await;
    }
}

fn find(console: &Console, event: &str, id: &str) -> Option<ChunkSession> {
    console.look(|state| {
        let upload = state.image_uploads.iter().find(|row| row.event_id == event)?;
        upload.sessions.iter().find(|session| session.id == id).cloned()
    })
}

fn set_status(console: &Console, event: &str, id: &str, status: &str) {
    let _ = console.change(|state| {
        let uploads = state.image_uploads.iter_mut().filter(|row| row.event_id == event);
        let sessions = uploads.flat_map(|row| &mut row.sessions).filter(|session| session.id == id);
        sessions.for_each(|session| status.clone_into(&mut session.status));
    });
}

/// An unfinished session of the same event and file is given back, whatever size is named now. It tells no chunk:
/// the region no longer writes down which ones it has (`SaveChunk`).
fn init(console: &Console, event: &str, ask: &Ask) -> Result<Value, Refused> {
    let invalid = |why: &str| (400, why.to_owned());
    let number = |name: &str| ask.field(name).and_then(Value::as_u64).unwrap_or_default();
    let file_name = ask.text("file_name").filter(|name| plain(name)).ok_or_else(|| invalid("file_name is required"))?;
    let file_size = number("file_size");
    if file_size == 0 {
        return Err(invalid("file_size is required"));
    }
    let chunk_size = Some(number("chunk_size")).filter(|size| *size > 0).unwrap_or(USUAL_CHUNK);
    if !(SMALLEST_CHUNK..=LARGEST_CHUNK).contains(&chunk_size) {
        let why = format!("chunk size must be between {SMALLEST_CHUNK} and {LARGEST_CHUNK}");
        return Err((500, format!("Failed to initialize upload: {why}")));
    }
    let now = console.clock().now();
    let made = console.change(|state| {
        let upload = state.image_uploads.iter_mut().find(|row| row.event_id == event)?;
        let known = upload.sessions.iter().find(|row| row.file_name == file_name && row.status == "uploading");
        if let Some(known) = known {
            return Some(known.clone());
        }
        let session = ChunkSession {
            id: noise::id(),
            file_name: file_name.to_owned(),
            file_size,
            chunk_size,
            status: "uploading".to_owned(),
            create_time: now,
        };
        upload.sessions.push(session.clone());
        Some(session)
    });
    let session = made.ok().flatten().ok_or_else(|| invalid("event not found"))?;
    Ok(json!({
        "session_id": session.id, "chunk_size": session.chunk_size, "total_chunks": session.total(),
        "uploaded_chunks": [], "status": session.status,
    }))
}

async fn chunk(console: &Arc<Console>, event: &str, ask: &Ask) -> Result<Value, Refused> {
    let refused = |why: String| (500, format!("Failed to save chunk: {why}"));
    let (id, index) = (ask.text("session_id").unwrap_or_default(), ask.text("chunk_index").unwrap_or_default());
    if id.is_empty() || index.is_empty() {
        return Err((400, "session_id and chunk_index are required".to_owned()));
    }
    let index: u64 = index.parse().map_err(|_| (400, "invalid chunk_index".to_owned()))?;
    let bytes = ask.file("file").ok_or_else(|| (400, "Failed to parse chunk file".to_owned()))?;
    let session = find(console, event, id).ok_or_else(|| refused("session not found".to_owned()))?;
    if session.status != "uploading" {
        return Err(refused(format!("session status is {}, cannot upload", session.status)));
    }
    if index >= session.total() {
        return Err(refused(format!("invalid chunk index: {index}, total chunks: {}", session.total())));
    }
    let folder = chunks_folder(console.dir(), id);
    let path = folder.join(index.to_string());
    if !path.exists() {
        let part = folder.join(format!(".{index}"));
        let saved = async {
            tokio::fs::create_dir_all(&folder).await?;
            tokio::fs::write(&part, bytes).await?;
            tokio::fs::rename(&part, &path).await
        };
        saved.await.map_err(|error| refused(error.to_string()))?;
    }
    Ok(json!({
        "session_id": id, "chunk_index": index, "received_size": bytes.len(), "uploaded_chunks": null, "progress": 0,
    }))
}

/// All chunks one after the other; with one missing the session has failed and takes no more.
async fn complete(console: &Arc<Console>, event: &str, ask: &Ask) -> Result<Value, Refused> {
    let refused = |why: String| (500, format!("Failed to complete upload: {why}"));
    let id = ask.text("session_id").ok_or_else(|| (400, "session_id is required".to_owned()))?;
    let session = find(console, event, id).ok_or_else(|| refused("session not found".to_owned()))?;
    set_status(console, event, id, "merging");
    match merged(console.dir(), event, &session).await {
        Ok(path) => {
            set_status(console, event, id, "completed");
            let _ = tokio::fs::remove_dir_all(chunks_folder(console.dir(), id)).await;
            Ok(json!({ "file_path": path.display().to_string(), "status": "completed" }))
        }
        Err(error) => {
            set_status(console, event, id, "failed");
            Err(refused(format!("failed to merge chunks: {error}")))
        }
    }
}

async fn merged(dir: &Path, event: &str, session: &ChunkSession) -> std::io::Result<PathBuf> {
    let folder = images_folder(dir, event);
    tokio::fs::create_dir_all(&folder).await?;
    let (path, part) = (folder.join(&session.file_name), folder.join(format!(".{}", session.file_name)));
    let mut file = tokio::fs::File::create(&part).await?;
    for index in 0..session.total() {
        let mut chunk = tokio::fs::File::open(chunks_folder(dir, &session.id).join(index.to_string())).await?;
        tokio::io::copy(&mut chunk, &mut file).await?;
    }
    file.flush().await?;
    drop(file);
    tokio::fs::rename(&part, &path).await?;
    Ok(path)
}

/// Tells how far it is, not which chunks are there.
async fn status(console: &Arc<Console>, event: &str, id: &str) -> Result<Value, Refused> {
    let session = find(console, event, id).ok_or_else(|| (404, "Session not found".to_owned()))?;
    let there = std::fs::read_dir(chunks_folder(console.dir(), id)).into_iter().flatten().flatten();
    let there = there.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')).count();
    Ok(json!({
        "session_id": session.id, "file_name": session.file_name, "file_size": session.file_size,
        "chunk_size": session.chunk_size, "total_chunks": session.total(), "uploaded_chunks": null,
        "missing_chunks": null, "status": session.status,
        "progress": u64::try_from(there).unwrap_or_default() * 100 / session.total().max(1),
    }))
}

async fn drop_session(console: &Arc<Console>, event: &str, id: &str) -> Result<Value, Refused> {
    find(console, event, id).ok_or_else(|| (500, "Failed to cancel upload: session not found".to_owned()))?;
    let _ = console.change(|state| {
        state.image_uploads.iter_mut().for_each(|row| row.sessions.retain(|session| session.id != id));
    });
    let _ = tokio::fs::remove_dir_all(chunks_folder(console.dir(), id)).await;
    Ok(json!({ "message": "Upload cancelled" }))
}

/// One part named `packageTarFile`, in one request; memory stays flat.
async fn whole(console: &Arc<Console>, event: &str, mut request: Request<Body>) -> Result<Value, Refused> {
    let bad = |error: String| (400, error);
    if !console.look(|state| state.image_uploads.iter().any(|row| row.event_id == event)) {
        return Err(bad("event not found".to_owned()));
    }
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| bad(error.to_string()))?;
    while let Some(mut part) = parts.next_field().await.map_err(|error| bad(error.to_string()))? {
        let name = part.file_name().map(str::to_owned).filter(|name| plain(name));
        let (Some("packageTarFile"), Some(name)) = (part.name(), name) else { continue };
        let folder = images_folder(console.dir(), event);
        let saved = async {
            tokio::fs::create_dir_all(&folder).await?;
            let spool = folder.join(format!(".{name}"));
            let mut file = tokio::fs::File::create(&spool).await?;
            while let Some(piece) = part.chunk().await.map_err(std::io::Error::other)? {
                file.write_all(&piece).await?;
            }
            file.flush().await?;
            drop(file);
            tokio::fs::rename(&spool, folder.join(&name)).await
        };
        return saved.await.map(|()| Value::Null).map_err(|error: std::io::Error| bad(error.to_string()));
    }
    Err(bad("no part named packageTarFile".to_owned()))
}
