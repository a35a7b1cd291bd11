import FoundationEssentials

extension JSONEncoding {
    /// Writes a value of a type that needs no encoder; false for other types.
    @inline(__always) func writeScalar<Value>(_ value: Value, at ticket: Int) throws(JSONError) -> Bool {
        if Value.self == String.self, let text = value as? String {
            try write(at: ticket) { (writer) in writer.string(text) }
        } else if Value.self == Int.self, let number = value as? Int {
            try write(at: ticket) { (writer) in writer.integer(number) }
        } else if Value.self == Bool.self, let truth = value as? Bool {
            try write(at: ticket) { (writer) in writer.bool(truth) }
        } else if Value.self == Double.self, let number = value as? Double {
            try writeNumber(number, at: ticket)
        } else {
            return try writeRareScalar(value, at: ticket)
        }
        return true
    }

    private func writeRareScalar<Value>(_ value: Value, at ticket: Int) throws(JSONError) -> Bool {
        let type = Value.self
        if type == Date.self || type == UUID.self || type == URL.self || type == Data.self
            || type == [UInt8].self
        {
            try writeText(value, at: ticket)
        } else if type == Float.self, let number = value as? Float {
            try writeNumber(number, at: ticket)
        } else if type == Decimal.self, let number = value as? Decimal {
            guard !number.isNaN else { throw problem(.nonFiniteNumber) }
            try write(at: ticket) { (writer) in writer.raw(number.description) }
        } else if type == JSONValue.self, let value = value as? JSONValue {
            try write(at: ticket) { (writer) in writer.value(value) }
        } else {
            return try writeInteger(value, at: ticket)
        }
        return true
    }

    private func writeInteger<Value>(_ value: Value, at ticket: Int) throws(JSONError) -> Bool {
        // To ask the type costs a third of asking the value, and most are neither.
        guard Value.self is any FixedWidthInteger.Type,
            let number = value as? any FixedWidthInteger & Encodable, number.bitWidth <= 64
        else { return false }
        try write(at: ticket) { (writer) in writer.integer(number) }
        return true
    }

    /// Writes what is a string in JSON.
    private func writeText<Value>(_ value: Value, at ticket: Int) throws(JSONError) {
        if let date = value as? Date {
            guard let micros = JSONTimestamp.micros(date) else { throw problem(.outOfRange) }
            try write(at: ticket) { (writer) in
                writer.plainString { JSONTimestamp.append(micros: micros, to: &$0) }
            }
        } else if let id = value as? UUID {
            try write(at: ticket) { (writer) in writer.plainString { UUIDText.append(id, to: &$0) } }
        } else if let text = string(of: value) {
            try write(at: ticket) { (writer) in writer.string(text) }
        }
    }

    private func string<Value>(of value: Value) -> String? {
        if let url = value as? URL { return url.absoluteString }
        if let data = value as? Data { return data.base64EncodedString() }
        return (value as? [UInt8]).map { Data($0).base64EncodedString() }
    }

    private func writeNumber<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ value: Value,
        at ticket: Int
    ) throws(JSONError) {
        guard value.isFinite else { throw problem(.nonFiniteNumber) }
        try write(at: ticket) { (writer) in writer.raw(value.description) }
    }
}
