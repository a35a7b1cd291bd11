/// Numbers and dates as text, without a `String` between.
enum DecimalText {
    /// Adds a whole number.
    static func append(_ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 20) { append(signed: number, to: &$0) }
    }

    /// Adds a whole number.
    static func append(signed number: Int64, to out: inout OutputSpan<UInt8>) {
        if number < 0 { out.append(UInt8(ascii: "-")) }
        append(number.magnitude, to: &out)
    }

    /// Adds a number with at least so many digits.
    static func append(_ number: UInt64, digits: Int, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 20) { append(number, digits: digits, to: &$0) }
    }

    /// Adds a number with at least so many digits, at most 20.
    static func append(_ number: UInt64, digits: Int = 1, to out: inout OutputSpan<UInt8>) {
        var count = 1
        var bound: UInt64 = 10
        while number >= bound, count < 19 {
            count += 1
            bound *= 10
        }
        // 10²⁰ is no UInt64: a number of 20 digits has passed the last bound.
        if number >= bound { count = 20 }
        out.append(decimal: number, digits: max(count, digits))
    }

    /// Adds nanoseconds as milliseconds with three digits behind the point: at most 21 bytes.
    static func append(milliseconds nanoseconds: Int64, to out: inout OutputSpan<UInt8>) {
        let microseconds = UInt64(max(0, nanoseconds)) / 1000
        append(microseconds / 1000, to: &out)
        out.append(UInt8(ascii: "."))
        append(microseconds % 1000, digits: 3, to: &out)
    }

    /// Adds nanoseconds as milliseconds with three digits behind the point.
    static func append(milliseconds nanoseconds: Int64, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 24) { append(milliseconds: nanoseconds, to: &$0) }
    }

    /// Adds a date in UTC, `2026-11-21T12:00:00.123456Z` (RFC 3339); nanoseconds since 1970.
    static func append(date nanoseconds: Int64, to bytes: inout [UInt8]) {
        let day = nanoseconds.quotient(flooringBy: 86_400_000_000_000)
        let (year, month, dayOfMonth) = civil(fromDays: day)
        append(UInt64(max(0, year)), digits: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(month, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(dayOfMonth, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(time: nanoseconds, digits: 6, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Adds the time of day in UTC, `12:00:00.123`, with 1–9 digits behind the point.
    static func append(time nanoseconds: Int64, digits: Int, to bytes: inout [UInt8]) {
        let second = nanoseconds.quotient(flooringBy: 1_000_000_000)
        let ofDay = UInt64(second - second.quotient(flooringBy: 86_400) * 86_400)
        append(ofDay / 3600, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(ofDay / 60 % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(ofDay % 60, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        let fraction = bytes.count
        append(UInt64(nanoseconds - second * 1_000_000_000), digits: 9, to: &bytes)
        bytes.removeLast(bytes.count - fraction - digits)
    }

    /// Days since 1970 as a date of the Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func civil(fromDays days: Int64) -> (year: Int64, month: UInt64, day: UInt64) {
        let shifted = days + 719_468
        let era = shifted.quotient(flooringBy: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), UInt64(month), UInt64(day))
    }
}

extension Int64 {
    /// The quotient rounded down, also below zero.
    func quotient(flooringBy divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }
}
