//! A console in front of a console: everything goes through, but the answers of one call are replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Front {
    pub url: String,
    asked: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Front {
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn start(behind: &str, piece: &str, answer: Vec<u8>) -> Front {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let host = behind.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let (piece, answer, asked) = (piece.to_owned(), Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (host, piece, answer, count) = (host.clone(), piece.clone(), answer.clone(), count.clone());
            tokio::spawn(async move {
                // Whoever hangs up early does so.
                let _ = serve(stream, &host, &piece, &answer, &count).await;
            });
        }
    });
    Front { url, asked, task }
}

async fn serve(
    mut stream: TcpStream,
    host: &str,
    piece: &str,
    answer: &[u8],
    asked: &AtomicUsize,
) -> std::io::Result<()> {
    let (head, body) = request(&mut stream).await?;
    let path = head.split(' ').nth(1).unwrap_or_default();
    if path.split('?').next().unwrap_or_default().contains(piece) {
        asked.fetch_add(1, Ordering::SeqCst);
        stream.write_all(answer).await?;
        return stream.shutdown().await;
    }
    let mut there = TcpStream::connect(host).await?;
    let kept: Vec<&str> = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect();
    let head = format!("{}\r\nconnection: close\r\n\r\n", kept.join("\r\n").trim_end());
    there.write_all(head.as_bytes()).await?;
    there.write_all(&body).await?;
    tokio::io::copy(&mut there, &mut stream).await?;
    stream.shutdown().await
}

/// The head of a request, and its body.
async fn request(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = bytes.split_off(end);
    while body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut body).await? == 0 {
            break;
        }
    }
    Ok((head, body))
}
