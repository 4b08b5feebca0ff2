//! Steers a world that another process serves: one request to its control server.

use crate::error::SandboxError;
use crate::world::{Site, World};
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Moves the laptop of the world that is served from `dir`.
pub async fn move_to(dir: &Path, site: Site) -> Result<(), SandboxError> {
    let port = World::control_port(dir).ok_or_else(|| SandboxError::NotServed { dir: dir.to_owned() })?;
    let body = serde_json::json!({ "site": site }).to_string();
    let request = format!(
        "POST /site HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    match exchange.await {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") => Ok(()),
        Ok(_) | Err(_) => Err(SandboxError::NotServed { dir: dir.to_owned() }),
    }
}
