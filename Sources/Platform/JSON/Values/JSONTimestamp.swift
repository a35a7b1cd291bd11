import FoundationEssentials

/// Dates as text (RFC 3339 §5.6), in UTC when written, with any offset when read.
package enum JSONTimestamp {
    /// Seconds from 1970 to Foundation's reference date, 2001.
    private static let referenceSeconds = 978_307_200
    private static let daySeconds = 86_400

    /// Reads `2026-11-21T12:36:40.25+01:00`; nil for anything else. A 60th second counts as the next minute's first.
    static func date(_ text: Span<UInt8>) -> Date? {
        guard text.count >= 20, let year = number(text, 0..<4), text[4] == UInt8(ascii: "-"),
            let month = number(text, 5..<7), 1...12 ~= month, text[7] == UInt8(ascii: "-"),
            let day = number(text, 8..<10), 1...dayCount(year, month) ~= day,
            text[10] | 0x20 == UInt8(ascii: "t"), let time = timeOfDay(text)
        else { return nil }
        guard let (fraction, end) = fraction(text, from: 19), let offset = offset(text, from: end) else {
            return nil
        }
        let seconds = days(year, month, day) * daySeconds + time - offset - referenceSeconds
        return Date(timeIntervalSinceReferenceDate: Double(seconds) + fraction)
    }

    /// Whole seconds since 1970 of `2026-11-21T12:36:40.25+01:00`; nil for anything else.
    package static func seconds(of text: String) -> Int64? {
        date(text.utf8.span).map {
            Int64($0.timeIntervalSinceReferenceDate.rounded(.down)) + Int64(referenceSeconds)
        }
    }

    /// The date as microseconds since 1970, rounded; nil beyond the years 0 to 9999, which RFC 3339 can't tell.
    static func micros(_ date: Date) -> Int? {
        let micros = (date.timeIntervalSinceReferenceDate * 1_000_000).rounded()
        guard micros.magnitude < 1e18 else { return nil }
        let total = Int(micros) + referenceSeconds * 1_000_000
        return writable.contains(total) ? total : nil
    }

    private static let writable =
        days(0, 1, 1) * daySeconds * 1_000_000..<days(10_000, 1, 1) * daySeconds * 1_000_000

    /// Appends what ``micros(_:)`` gave, with 0, 3 or 6 digits of fraction as needed.
    static func append(micros: Int, to bytes: inout [UInt8]) {
        let (seconds, fraction) = floorDivide(micros, 1_000_000)
        let (dayNumber, time) = floorDivide(seconds, daySeconds)
        let (year, month, day) = civil(dayNumber)
        append(year, 4, UInt8(ascii: "-"), to: &bytes)
        append(month, 2, UInt8(ascii: "-"), to: &bytes)
        append(day, 2, UInt8(ascii: "T"), to: &bytes)
        append(time / 3600, 2, UInt8(ascii: ":"), to: &bytes)
        append(time / 60 % 60, 2, UInt8(ascii: ":"), to: &bytes)
        append(time % 60, 2, fraction == 0 ? UInt8(ascii: "Z") : UInt8(ascii: "."), to: &bytes)
        guard fraction != 0 else { return }
        let isMillis = fraction % 1000 == 0
        append(isMillis ? fraction / 1000 : fraction, isMillis ? 3 : 6, UInt8(ascii: "Z"), to: &bytes)
    }

    /// Days since 1970 of `2026-11-21`; nil for anything else.
    static func dayNumber(_ text: Span<UInt8>) -> Int? {
        guard text.count == 10, let year = number(text, 0..<4), text[4] == UInt8(ascii: "-"),
            let month = number(text, 5..<7), 1...12 ~= month, text[7] == UInt8(ascii: "-"),
            let day = number(text, 8..<10), 1...dayCount(year, month) ~= day
        else { return nil }
        return days(year, month, day)
    }

    /// The days that four digits of a year can tell.
    static let writableDays = days(0, 1, 1)..<days(10_000, 1, 1)

    /// Appends what ``dayNumber(_:)`` gave.
    static func append(dayNumber: Int, to bytes: inout [UInt8]) {
        let (year, month, day) = civil(dayNumber)
        append(year, 4, UInt8(ascii: "-"), to: &bytes)
        append(month, 2, UInt8(ascii: "-"), to: &bytes)
        append(day, 2, nil, to: &bytes)
    }

    private static func timeOfDay(_ text: Span<UInt8>) -> Int? {
        guard let hour = number(text, 11..<13), hour < 24, text[13] == UInt8(ascii: ":"),
            let minute = number(text, 14..<16), minute < 60, text[16] == UInt8(ascii: ":"),
            let second = number(text, 17..<19), second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// The fraction of a second and where it ends; 0 where there is none.
    private static func fraction(_ text: Span<UInt8>, from start: Int) -> (Double, Int)? {
        guard text[start] == UInt8(ascii: ".") else { return (0, start) }
        var (digits, scale, index) = (0.0, 1.0, start + 1)
        while index < text.count, text[index] &- UInt8(ascii: "0") < 10 {
            // Digits beyond the fifteenth can't change a Date.
            if index - start <= 15 { (digits, scale) = (digits * 10 + Double(text[index] - 48), scale * 10) }
            index += 1
        }
        return index > start + 1 ? (digits / scale, index) : nil
    }

    /// The seconds that local time is ahead of UTC; nil when the text does not end with it.
    private static func offset(_ text: Span<UInt8>, from start: Int) -> Int? {
        if start + 1 == text.count, text[start] | 0x20 == UInt8(ascii: "z") { return 0 }
        guard start + 6 == text.count, text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-"),
            let hour = number(text, start + 1..<start + 3), hour < 24, text[start + 3] == UInt8(ascii: ":"),
            let minute = number(text, start + 4..<start + 6), minute < 60
        else { return nil }
        return (hour * 3600 + minute * 60) * (text[start] == UInt8(ascii: "-") ? -1 : 1)
    }

    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        for index in range {
            guard text[index] &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return value
    }

    private static func append(_ value: Int, _ width: Int, _ end: UInt8?, to bytes: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
        if let end { bytes.append(end) }
    }

    private static func dayCount(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The reverse, `civil_from_days`.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
        let remainder = (value % divisor + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }
}
