import Vigie

/// An amount in the currency's smallest unit: 8 900 EUR are 89 euros.
struct Money: Codable, Sendable, Hashable, JSONFieldwise {
    /// Whole minor units.
    let amount: Int
    /// ISO 4217, three capital letters.
    let currency: String
}

extension Money: Validatable {
    /// The most that is asked for one night: a slip of a finger more is a mistake.
    static let limit = 100_000_000

    func validate(_ check: inout Validation) {
        check.require("amount", (1...Self.limit).contains(amount), "must be 1 to 100 000 000 minor units")
        check.require(
            "currency",
            Self.currencies.contains(currency),
            "must be a currency of ISO 4217 such as EUR"
        )
    }

    /// The currencies that are paid in (ISO 4217:2015, list one of 2024, without funds, metals and test codes).
    static let currencies = Set(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
        CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
        ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
        MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
        SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES \
        VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
        """.split(separator: " ").map(String.init)
    )
}
