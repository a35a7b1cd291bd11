/// Dates in the one form that is written, IMF-fixdate, and the three that are read (RFC 9110 §5.6.7).
public enum HTTPDate: Sendable {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Writes a time, in seconds since 1970, as `Sun, 06 Nov 1994 08:49:37 GMT`.
    public static func format(_ seconds: Int64) -> String {
        let day = floorDivide(seconds, 86_400)
        let second = Int(seconds - day * 86_400)
        let (year, month, dayOfMonth) = civil(fromDays: day)
        let weekday = Int((day % 7 + 11) % 7)
        return "\(days[weekday]), \(two(dayOfMonth)) \(months[month - 1]) \(four(year)) "
            + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) GMT"
    }

    /// Reads a date in any of the three forms; nil for anything else.
    public static func parse(_ text: String) -> Int64? {
        let parts = text.split { $0 == " " || $0 == "," }
        switch parts.count {
        case 6 where parts[5] == "GMT":
            return time(day: parts[1], month: parts[2], year: Int(parts[3]), clock: parts[4])
        case 4 where parts[3] == "GMT":
            // RFC 850: a year of two digits, taken for one not more than 50 years ahead.
            let date = parts[1].split(separator: "-")
            guard date.count == 3, date[2].count == 2, let short = Int(date[2]) else { return nil }
            return time(
                day: date[0],
                month: date[1],
                year: short < 76 ? 2000 + short : 1900 + short,
                clock: parts[2]
            )
        case 5: return time(day: parts[2], month: parts[1], year: Int(parts[4]), clock: parts[3])
        default: return nil
        }
    }

    private static func time(day: Substring, month: Substring, year: Int?, clock: Substring) -> Int64? {
        let fields = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard let day = Int(day), let month = months.firstIndex(of: String(month)), let year,
            (1...9999).contains(year),
            (1...31).contains(day), fields.count == 3, fields.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Int(fields[0]), let minute = Int(fields[1]), let second = Int(fields[2]),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        return daysFromCivil(year, month + 1, day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    private static func four(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
    }

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        number / divisor - (number % divisor < 0 ? 1 : 0)
    }

    /// Days since 1970 to a date of the Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func civil(fromDays days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), Int(month), Int(day))
    }

    private static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
