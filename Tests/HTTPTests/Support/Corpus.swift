import TestSupport

@testable import HTTP

/// Messages and contents, good and bad, for properties that hold for all of them: those of the tables, and some more.
enum Corpus {
    static let requests: [[UInt8]] = {
        var texts = [
            "POST /upload?x=1 HTTP/1.1\r\nHost: example.com:8080\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
            "PUT /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n\r\n",
            "\r\nHEAD http://[::1]:80/x?y HTTP/1.1\r\nHost: other\r\nConnection: close, x\r\nAccept: a,\tb\r\n\r\n",
            "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\nX: a long value, with \u{e9}, over eight bytes\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        ]
        texts += RequestLineRefusalTests.lines.map { "\($0.0)Host: a\r\n\r\n" }
        texts += RequestLineRefusalTests.targets.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
        texts += FieldRefusalTests.lines.map { "GET / HTTP/1.1\r\nHost: a\r\n\($0.0)\r\n" }
        texts += FramingRefusalTests.lines.map { "POST / HTTP/1.1\r\nHost: a\r\n\($0.0)\r\n\r\n" }
        texts += FramingRefusalTests.hosts.map { "GET / HTTP/1.1\r\nHost: \($0)\r\n\r\n" }
        texts += RequestAcceptanceTests.targets.map { "\($0.0) HTTP/1.1\r\nHost: other\r\n\r\n" }
        texts += RequestFramingTests.framings.map { "GET / HTTP/1.1\r\nHost: a\r\n\($0.0)\r\n\r\n" }
        texts += RequestFramingTests.upgrades.map { "GET / HTTP/\($0.0)\r\nHost: a\r\n\($0.1)\r\n\r\n" }
        texts += RequestFramingTests.persistence.map { "GET / HTTP/\($0.0)\r\nHost: a\r\n\($0.1)\r\n\r\n" }
        texts += CanonicalTargetTests.forms.map { "GET \($0.0) HTTP/1.1\r\nHost: a\r\n\r\n" }
        return texts.map { Array($0.utf8) }
    }()

    static let responses: [[UInt8]] = {
        var texts = [
            "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.0 404\r\n\r\n",
        ]
        texts += ResponseRefusalTests.statusLines.map { "\($0.0)Content-Length: 0\r\n\r\n" }
        texts += ResponseRefusalTests.heads.map { "HTTP/\($0.0)\r\n\r\n" }
        texts += ResponseFramingTests.answers.map { "HTTP/\($0.0)\r\n\r\n" }
        texts += FieldRefusalTests.lines.map { "HTTP/1.1 200 OK\r\nServer: a\r\n\($0.0)\r\n" }
        return texts.map { Array($0.utf8) }
    }()

    static let contents: [[UInt8]] = {
        var texts = ["5;x=y\r\nhello\r\n1\r\n \r\n0\r\nX: y\r\nHost: a\r\nE: \"z\"\r\n\r\nGET / HTTP/1.1\r\n"]
        texts += ChunkRefusalTests.contents.map { $0.0 }
        texts += ChunkedDecoderTests.contents.map { $0.0 }
        texts += FieldRefusalTests.lines.map { "1\r\na\r\n0\r\nServer: a\r\n\($0.0)\r\n" }
        return texts.map { Array($0.utf8) }
    }()
}

/// Changes bytes at random, mostly into those that mean something in HTTP.
struct Mutator {
    var random: SplitMix

    private static let telling = Array(
        "\r\n\t :,;=%/.?#*@[]\"\\\0\u{7F}0159aAfFgGx-+_HTTP/1.0chunked\u{B}\u{E9}".utf8
    )

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    /// One to four changes.
    mutating func mutate(_ original: [UInt8], among corpus: [[UInt8]]) -> [UInt8] {
        var bytes = original
        for _ in 0...random.below(4) { change(&bytes, among: corpus) }
        return bytes
    }

    /// One of `corpus`, changed.
    mutating func next(from corpus: [[UInt8]]) -> [UInt8] {
        mutate(corpus[random.below(corpus.count)], among: corpus)
    }

    private mutating func change(_ bytes: inout [UInt8], among corpus: [[UInt8]]) {
        let place = random.below(bytes.count + 1)
        let isInside = place < bytes.count
        switch random.below(8) {
        case 0 where isInside: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1 where isInside: bytes[place] = Self.telling[random.below(Self.telling.count)]
        case 2 where isInside: bytes.remove(at: place)
        case 3: bytes.insert(Self.telling[random.below(Self.telling.count)], at: place)
        case 4: bytes.insert(UInt8(random.below(256)), at: place)
        case 5 where isInside:
            bytes.insert(contentsOf: bytes[place..<min(place + 24, bytes.count)], at: place)
        case 6 where isInside: bytes.removeSubrange(place..<min(place + 1 + random.below(12), bytes.count))
        case 7:
            let other = corpus[random.below(corpus.count)]
            bytes = Array(bytes[..<place]) + other[random.below(other.count + 1)...]
        default: break
        }
    }
}
