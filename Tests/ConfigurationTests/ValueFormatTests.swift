import TestSupport
import Testing

@testable import Configuration

@Suite("values as text") struct ValueFormatTests {
    static let durations: [(String, Duration?)] = [
        ("5s", .seconds(5)), ("250ms", .milliseconds(250)), ("1m30s", .seconds(90)), ("2h", .seconds(7_200)),
        ("1d", .seconds(86_400)), ("1h1m1s1ms1us1ns", .nanoseconds(3_661_001_001_001)), ("0s", .zero),
        ("", nil), ("5", nil), ("s", nil), ("5 s", nil), (" 5s", nil), ("-5s", nil), ("+5s", nil),
        ("1.5s", nil),
        ("30s1m", nil), ("1s1s", nil), ("5S", nil), ("5sec", nil), ("1m30", nil), ("٥s", nil),
        ("9223372036s", .seconds(9_223_372_036)), ("9223372037s", nil), ("99999999999999999999s", nil),
        ("106751d23h48m", nil),
    ]

    @Test("times", arguments: durations)
    func duration(text: String, value: Duration?) {
        #expect(DurationText.parse(text) == value)
    }

    static let byteCounts: [(String, Int?)] = [
        ("0", 0), ("512", 512), ("512B", 512), ("64KiB", 65_536), ("10MiB", 10 << 20), ("2GiB", 2 << 30),
        ("1TiB", 1 << 40), ("", nil), ("B", nil), ("10MB", nil), ("10M", nil), ("1.5MiB", nil), ("-1", nil),
        ("1mib", nil), ("9999999TiB", nil), ("10 MiB", nil),
    ]

    @Test("numbers of bytes", arguments: byteCounts)
    func byteCount(text: String, value: Int?) {
        #expect(ByteCountText.parse(text) == value)
    }

    static let decimals: [(String, Double?)] = [
        ("0", 0), ("1", 1), ("0.25", 0.25), ("1e-3", 0.001), ("1.1", nil), ("-0.1", nil), ("nan", nil),
        ("inf", nil),
        ("0x1p-3", nil), ("", nil), (".", nil), ("0,5", nil), (" 1", nil),
    ]

    @Test("decimal numbers", arguments: decimals)
    func decimal(text: String, value: Double?) {
        #expect(ValueFormat<Double>.decimal(0...1).parse(.text(text)) == value)
    }

    static let endpoints: [(String, String?)] = [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318"),
        ("https://Host.example/", "https://Host.example/"),
        ("HTTP://h", "http://h"), ("http://[::1]:80/a/b", "http://[::1]:80/a/b"),
        ("http://a_b-c", "http://a_b-c"),
        ("", nil), ("h:80", nil), ("http://", nil), ("http:///x", nil), ("http://h:", nil),
        ("http://h:0", nil),
        ("http://h:65536", nil), ("http://h:8x", nil), ("http://u@h", nil), ("http://h?q", nil),
        ("http://h#f", nil),
        ("http://h h", nil), ("http://[::1", nil), ("http://[h]", nil), ("http://::1", nil),
        ("http://[::1]x", nil),
        ("http://h\\x", nil), ("ftp://h", nil), ("http://é", nil), ("http://h/\u{7}", nil),
    ]

    @Test("endpoints", arguments: endpoints)
    func endpoint(text: String, value: String?) {
        #expect(ValueFormat<Endpoint>.endpoint().parse(.text(text))?.description == value)
    }

    @Test("an endpoint without a scheme, where its owner allows that")
    func schemeless() {
        let format = ValueFormat<Endpoint>.endpoint(defaultScheme: "http")
        #expect(format.parse(.text("127.0.0.1:8500")) == Endpoint("http://127.0.0.1:8500"))
        #expect(format.parse(.text("https://h"))?.scheme == "https")
    }

    @Test("what is shown is read as the same value", arguments: 1...4 as ClosedRange<UInt64>)
    func roundTrips(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<5_000 {
            let number = Int64(random.next() >> (1 + random.next() % 63))
            let duration = Duration.nanoseconds(number)
            #expect(DurationText.parse(DurationText.show(duration)) == duration, "seed \(seed): \(number)")
            #expect(
                ByteCountText.parse(ByteCountText.show(Int(number))) == Int(number),
                "seed \(seed): \(number)"
            )
        }
    }

    @Test("random text ends nothing", arguments: 1...4 as ClosedRange<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let letters = Array("0123456789smhdunKMGTiB:/[]@.-,=\u{0}é ")
        for number in 0..<3_000 {
            let text = String(
                (0..<random.next() % 20).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            )
            if let value = DurationText.parse(text) { #expect(value >= .zero, "seed \(seed): \(text)") }
            if let value = ByteCountText.parse(text) { #expect(value >= 0, "seed \(seed): \(text)") }
            if let value = Endpoint("http://" + text) {
                #expect(Endpoint(value.description) == value, "seed \(seed): \(text)")
            }
            guard number.isMultiple(of: 30) else { continue }
            _ = shown([SampleOptions.self], ["--" + text, text], environment: ["VIGIE_" + text: text])
        }
    }
}
