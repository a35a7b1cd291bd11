public import JSON

extension CalendarDate: PostgresValue, PostgresElement {
    /// A `date`.
    public func write(to writer: inout PostgresValueWriter) {
        // The year 0 is 1 BC there; nothing that people book or bill is as old.
        guard dayNumber >= -719_162 else { return writer.refuse("a date is after the year 0") }
        writer.append(description)
    }

    /// Reads a `date` of the years 1 to 9999.
    public init(reading cell: PostgresCell) throws(PostgresError) {
        guard let date = CalendarDate(try cell.text()) else { throw cell.mismatch("CalendarDate") }
        self = date
    }
}
