// The loop of epoll_server.c in Swift: C calls and raw buffers, no Foundation, no allocation per request.
// usage: epoll_server PORT
import CEpoll  // Glibc as Swift sees it does not export sys/epoll.h
import Glibc

let maxEvents = 256

func listen(on port: UInt16) -> Int32 {
    let descriptor = socket(
        AF_INET,
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
        0
    )
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    guard bound == 0, listen(descriptor, 4096) == 0 else {
        perror("bind")
        exit(1)
    }
    return descriptor
}

func response(extraHeader: String) -> UnsafeMutableRawBufferPointer {
    let body = "{\"message\":\"hello\",\"pad\":\"" + String(repeating: "x", count: 1024 - 28) + "\"}"
    let text =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\(extraHeader)"
        + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 16)
    bytes.copyBytes(from: Array(text.utf8))
    return bytes
}

func serve(_ listener: Int32) -> Never {
    let keep = response(extraHeader: "")
    let last = response(extraHeader: "Connection: close\r\n")
    let needle = UnsafeMutableRawBufferPointer.allocate(byteCount: 17, alignment: 1)
    needle.copyBytes(from: "Connection: close".utf8)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 16)
    guard let bytes = buffer.baseAddress, let closeHeader = needle.baseAddress else { exit(1) }
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: maxEvents)
    let epoll = epoll_create1(0)
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.fd = listener
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event)
    var on: Int32 = 1

    while true {
        let ready = Int(epoll_wait(epoll, events, Int32(maxEvents), -1))
        var index = 0
        while index < ready {
            let descriptor = events[index].data.fd
            index += 1
            if descriptor == listener {
                while true {
                    let client = shim_accept(listener)
                    if client < 0 { break }
                    setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
                    event.events = EPOLLIN.rawValue
                    event.data.fd = client
                    epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event)
                }
                continue
            }
            let received = recv(descriptor, bytes, buffer.count, 0)
            if received <= 0 {
                close(descriptor)
                continue
            }
            let crlfcrlf: UInt32 = 0x0a0d_0a0d
            if received < 4
                || bytes.loadUnaligned(fromByteOffset: received - 4, as: UInt32.self) != crlfcrlf
            {
                continue
            }
            let closing = memmem(bytes, received, closeHeader, needle.count) != nil
            let answer = closing ? last : keep
            let sent = send(descriptor, answer.baseAddress, answer.count, Int32(MSG_NOSIGNAL))
            if sent != answer.count || closing { close(descriptor) }
        }
    }
}

guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
    fputs("usage: epoll_server PORT\n", stderr)
    exit(2)
}
serve(listen(on: port))
