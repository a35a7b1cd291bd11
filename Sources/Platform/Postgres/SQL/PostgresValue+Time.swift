public import FoundationEssentials

extension Date: PostgresValue, PostgresElement {
    /// A `timestamptz` in UTC, to the microsecond, which is what PostgreSQL keeps.
    public func write(to writer: inout PostgresValueWriter) {
        let microseconds = (timeIntervalSince1970 * 1_000_000).rounded()
        guard let text = TimestampText.text(microseconds: microseconds) else {
            return writer.refuse("a time is between 4713 BC and 294276 AD")
        }
        writer.append(text)
    }

    /// Reads a `timestamptz`, a `timestamp` (as UTC) or a `date` (its first moment in UTC); not `infinity`.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        guard let microseconds = try cell.withText({ TimestampText.microseconds(in: $0) }) else {
            throw cell.mismatch("Date")
        }
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
}

/// The ISO text form of times (PostgreSQL manual, 8.5.2), which connections of ours are set to, with UTC as their zone.
enum TimestampText {
    private static let day: Int64 = 86_400_000_000

    /// The text of a time since 1970 in UTC; nil outside of what the server keeps.
    static func text(microseconds: Double) -> String? {
        guard abs(microseconds) < 9.3e18, let whole = Int64(exactly: microseconds) else { return nil }
        let days = whole >= 0 ? whole / day : -((day - 1 - whole) / day)
        let (year, month, dayOfMonth) = civil(days)
        guard (-4_712...294_276).contains(year) else { return nil }
        let time = whole - days * day
        let (seconds, fraction) = (time / 1_000_000, time % 1_000_000)
        let isBefore = year <= 0
        return pad(isBefore ? 1 - year : year, 4) + "-" + pad(month, 2) + "-" + pad(dayOfMonth, 2) + " "
            + pad(seconds / 3_600, 2) + ":" + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2) + "."
            + pad(fraction, 6) + "+00" + (isBefore ? " BC" : "")
    }

    /// Microseconds since 1970; nil when it is no time, or an infinite one.
    static func microseconds(in text: Span<UInt8>) -> Int64? {
        var at = 0
        guard let days = date(text, &at) else { return nil }
        var time: Int64 = 0
        if take(" ", text, &at), !isEra(text, at) {
            guard let clock = clock(text, &at) else { return nil }
            time = clock
            _ = take(" ", text, &at)
        }
        if isEra(text, at) {
            // The year was read as one after Christ: it is counted again from 1 BC, which is the year 0.
            var start = 0
            guard let era = date(text, &start, isBefore: true) else { return nil }
            return era * day + time
        }
        return at == text.count ? days * day + time : nil
    }

    /// `2026-11-21`, as days since 1970.
    private static func date(_ text: Span<UInt8>, _ at: inout Int, isBefore: Bool = false) -> Int64? {
        guard let year = number(4...6, text, &at), take("-", text, &at),
            let month = number(2...2, text, &at), take("-", text, &at),
            let dayOfMonth = number(2...2, text, &at), (1...12).contains(month), (1...31).contains(dayOfMonth)
        else { return nil }
        return days(isBefore ? 1 - year : year, month, dayOfMonth)
    }

    /// `12:36:30.5+00`, as microseconds; the zone is that of the connection, or none.
    private static func clock(_ text: Span<UInt8>, _ at: inout Int) -> Int64? {
        guard let hours = number(2...2, text, &at), take(":", text, &at),
            let minutes = number(2...2, text, &at), take(":", text, &at),
            let seconds = number(2...2, text, &at)
        else { return nil }
        var micros = (hours * 3_600 + minutes * 60 + seconds) * 1_000_000
        if take(".", text, &at) {
            let start = at
            guard var fraction = number(1...6, text, &at) else { return nil }
            for _ in (at - start)..<6 { fraction *= 10 }
            micros += fraction
        }
        if take("+", text, &at) { guard number(2...2, text, &at) == 0 else { return nil } }
        return micros
    }

    private static func isEra(_ text: Span<UInt8>, _ at: Int) -> Bool {
        at + 2 == text.count && text[at] == UInt8(ascii: "B") && text[at + 1] == UInt8(ascii: "C")
    }

    private static func take(_ character: Unicode.Scalar, _ text: Span<UInt8>, _ at: inout Int) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private static func number(_ digits: ClosedRange<Int>, _ text: Span<UInt8>, _ at: inout Int) -> Int64? {
        var value: Int64 = 0
        let start = at
        while at < text.count, at - start < digits.upperBound, (48...57).contains(text[at]) {
            value = value * 10 + Int64(text[at] - 48)
            at += 1
        }
        return at - start >= digits.lowerBound ? value : nil
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Days since 1970 in the proleptic Gregorian calendar, in eras of 400 years that begin in March (Hinnant,
    /// "chrono-compatible low-level date algorithms").
    static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The inverse of ``days(_:_:_:)``.
    static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
