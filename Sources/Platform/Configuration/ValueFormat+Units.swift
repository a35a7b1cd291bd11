extension ValueFormat where Value == Duration {
    /// A time such as `250ms`, `5s` or `1m30s`: whole numbers with units, the longer ones first.
    public static func duration(_ range: ClosedRange<Duration>) -> ValueFormat {
        let (least, most) = (DurationText.show(range.lowerBound), DurationText.show(range.upperBound))
        return ValueFormat(
            rule: "a time from \(least) to \(most), such as 250ms or 1m30s",
            parse: { text in DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil } },
            show: { DurationText.show($0) }
        )
    }

    /// A time as a whole number of milliseconds, as OpenTelemetry's variables count it.
    public static func milliseconds(_ range: ClosedRange<Int>) -> ValueFormat {
        let number = ValueFormat<Int>.integer(range)
        return ValueFormat(
            rule: number.rule + " (milliseconds)",
            parseRaw: { number.parse($0).map { .milliseconds($0) } },
            show: { number.show(Int($0 / .milliseconds(1))) }
        )
    }
}

extension ValueFormat where Value == Int {
    /// A number of bytes: `512`, `64KiB`, `10MiB`, `2GiB`.
    public static func byteCount(_ range: ClosedRange<Int>) -> ValueFormat {
        let (least, most) = (ByteCountText.show(range.lowerBound), ByteCountText.show(range.upperBound))
        return ValueFormat(
            rule: "a number of bytes from \(least) to \(most), such as 64KiB or 10MiB",
            parse: { text in ByteCountText.parse(text).flatMap { range.contains($0) ? $0 : nil } },
            show: { ByteCountText.show($0) }
        )
    }
}
