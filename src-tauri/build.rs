//! Lets Tauri bake the page, the icons and the capabilities into the binary.

fn main() {
    tauri_build::build();
}
