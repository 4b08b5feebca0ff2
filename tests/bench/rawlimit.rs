//! The wire's own limit, to hold a client against: 8 connections read an object from one store by ranges, and then 8 write
//! as many bytes to another, with nothing computed and nothing kept. Prints the seconds of both together.
//! usage: rawlimit SOURCE_PORT TARGET_PORT PATH MIB
use std::{env, io::{BufRead, BufReader, Read, Write}, net::TcpStream, sync::{Arc, atomic::{AtomicU64, Ordering}}, thread, time::Instant};

const PART: u64 = 16 << 20;
const CONNECTIONS: usize = 8;

fn answer(reader: &mut BufReader<TcpStream>, buffer: &mut [u8]) {
    let (mut line, mut left) = (String::new(), 0u64);
    loop {
        line.clear();
        reader.read_line(&mut line).expect("an answer");
        let text = line.trim_end().to_ascii_lowercase();
        if let Some(length) = text.strip_prefix("content-length:") { left = length.trim().parse().expect("a length"); }
        if text.is_empty() { break; }
    }
    while left > 0 {
        let want = left.min(buffer.len() as u64) as usize;
        let got = reader.read(&mut buffer[..want]).expect("a body");
        assert!(got > 0, "the body ends early");
        left -= got as u64;
    }
}

fn run(port: u16, size: u64, part: impl Fn(&mut TcpStream, u64, u64) + Send + Sync + 'static) -> f64 {
    let (next, part, start) = (Arc::new(AtomicU64::new(0)), Arc::new(part), Instant::now());
    let all: Vec<_> = (0..CONNECTIONS).map(|_| {
        let (next, part) = (next.clone(), part.clone());
        thread::spawn(move || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
            stream.set_nodelay(true).ok();
            let mut reader = BufReader::with_capacity(256 << 10, stream.try_clone().expect("a stream"));
            let mut buffer = vec![0u8; 512 << 10];
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let begin = index * PART;
                if begin >= size { break; }
                part(&mut stream, index, (begin + PART).min(size) - begin);
                answer(&mut reader, &mut buffer);
            }
        })
    }).collect();
    all.into_iter().for_each(|one| one.join().expect("a thread"));
    start.elapsed().as_secs_f64()
}

fn main() {
    let words: Vec<String> = env::args().collect();
    let (source, target) = (words[1].parse().expect("a port"), words[2].parse().expect("a port"));
    let (path, size) = (words[3].clone(), words[4].parse::<u64>().expect("MiB") << 20);
    let got = run(source, size, move |stream, index, length| {
        let begin = index * PART;
        let ask = format!("GET /{path} HTTP/1.1\r\nHost: x\r\nRange: bytes={begin}-{}\r\n\r\n", begin + length - 1);
        stream.write_all(ask.as_bytes()).expect("a request");
    });
    let zeros = vec![0u8; 1 << 20];
    let sent = run(target, size, move |stream, index, length| {
        let ask = format!("PUT /dst/raw?partNumber={}&uploadId=u1 HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n", index + 1);
        stream.write_all(ask.as_bytes()).expect("a request");
        let mut left = length;
        while left > 0 {
            let piece = left.min(zeros.len() as u64);
            stream.write_all(&zeros[..piece as usize]).expect("a body");
            left -= piece;
        }
    });
    println!("{:.4}", got + sent);
}
