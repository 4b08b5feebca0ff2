//! Moves bytes between stores and files: parallel parts, bounded memory, resumable.
