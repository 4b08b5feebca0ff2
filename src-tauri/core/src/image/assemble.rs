//! A `docker save` archive of one image made from one static program: no Docker, no registry, the same bytes every time.

use super::names::split_tag;
use super::tarball::{BLOCK, file_header, padding};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Where the program lies in its image.
pub(crate) const HELPER_ENTRYPOINT: &str = "/rainferry-helper";

/// Neither says when it was made: the same program gives the same image.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// One layer with the program, which is what runs, as root (it must read and write everybody's files, rebuild.md §8.2).
pub(crate) fn docker_archive(binary: &[u8], name: &str, arch: &str) -> Vec<u8> {
    let mut layer = Vec::with_capacity(binary.len() + 4 * BLOCK);
    add(&mut layer, HELPER_ENTRYPOINT.trim_start_matches('/'), binary, 0o755);
    end(&mut layer);
    let layer_id = hex::encode(Sha256::digest(&layer));
    let config = json!({
        "architecture": arch,
        "config": {"Entrypoint": [HELPER_ENTRYPOINT], "Env": ["PATH=/"], "User": "0", "WorkingDir": "/"},
        "created": CREATED,
        "history": [{"created": CREATED, "created_by": "rainferry"}],
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer_id}")]},
    })
    .to_string();
    let config_path = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
    let layer_path = format!("{layer_id}/layer.tar");
    let manifest = json!([{"Config": config_path, "RepoTags": [name], "Layers": [layer_path]}]).to_string();
    let (path, tag) = split_tag(name);
    let repositories = json!({path: {tag.unwrap_or("latest"): layer_id}}).to_string();

    let mut archive = Vec::with_capacity(layer.len() + 16 * BLOCK);
    add(&mut archive, &layer_path, &layer, 0o644);
    add(&mut archive, &config_path, config.as_bytes(), 0o644);
    add(&mut archive, "manifest.json", manifest.as_bytes(), 0o644);
    add(&mut archive, "repositories", repositories.as_bytes(), 0o644);
    end(&mut archive);
    archive
}

fn add(out: &mut Vec<u8>, path: &str, content: &[u8], mode: u32) {
    let size = content.len() as u64;
    out.extend_from_slice(&file_header(path, size, mode));
    out.extend_from_slice(content);
    out.extend(std::iter::repeat_n(0, usize::try_from(padding(size)).unwrap_or(0)));
}

fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0; 2 * BLOCK]);
}
