/// A city in which listings are made up.
struct SeedCity: Sendable {
    let name: String
    let country: String
    let latitude: Double
    let longitude: Double
    let currency: String
    /// What a night in a small apartment costs, in minor units.
    let price: Int
    let quarters: [String]

    private init(
        _ name: String,
        _ country: String,
        _ latitude: Double,
        _ longitude: Double,
        _ currency: String,
        _ price: Int,
        _ quarters: String
    ) {
        (self.name, self.country, self.latitude, self.longitude) = (name, country, latitude, longitude)
        (self.currency, self.price) = (currency, price)
        self.quarters = quarters.split(separator: ", ").map(String.init)
    }

    static let all: [SeedCity] = [
        SeedCity("Paris", "FR", 48.86, 2.35, "EUR", 11_500, "Le Marais, Montmartre, Belleville"),
        SeedCity("Lyon", "FR", 45.76, 4.84, "EUR", 7_800, "Croix-Rousse, Vieux-Lyon, Confluence"),
        SeedCity("Marseille", "FR", 43.30, 5.37, "EUR", 7_200, "Le Panier, Cours Julien, Endoume"),
        SeedCity("Bordeaux", "FR", 44.84, -0.58, "EUR", 8_400, "Chartrons, Saint-Pierre, Bacalan"),
        SeedCity("Nice", "FR", 43.71, 7.26, "EUR", 9_600, "Vieux-Nice, Cimiez, Le Port"),
        SeedCity("London", "GB", 51.51, -0.13, "GBP", 12_800, "Camden, Shoreditch, Brixton"),
        SeedCity("Edinburgh", "GB", 55.95, -3.19, "GBP", 9_400, "Old Town, Leith, Stockbridge"),
        SeedCity("Berlin", "DE", 52.52, 13.40, "EUR", 8_200, "Kreuzberg, Neukölln, Prenzlauer Berg"),
        SeedCity("Munich", "DE", 48.14, 11.58, "EUR", 10_600, "Schwabing, Haidhausen, Glockenbach"),
        SeedCity("Amsterdam", "NL", 52.37, 4.90, "EUR", 13_200, "Jordaan, De Pijp, Noord"),
        SeedCity("Brussels", "BE", 50.85, 4.35, "EUR", 8_000, "Ixelles, Saint-Gilles, Marolles"),
        SeedCity("Zürich", "CH", 47.38, 8.54, "CHF", 15_400, "Niederdorf, Wiedikon, Seefeld"),
        SeedCity("Vienna", "AT", 48.21, 16.37, "EUR", 8_800, "Neubau, Leopoldstadt, Josefstadt"),
        SeedCity("Prague", "CZ", 50.08, 14.44, "CZK", 165_000, "Malá Strana, Vinohrady, Žižkov"),
        SeedCity("Rome", "IT", 41.90, 12.50, "EUR", 9_900, "Trastevere, Monti, Testaccio"),
        SeedCity("Florence", "IT", 43.77, 11.26, "EUR", 10_200, "Oltrarno, San Niccolò, Santa Croce"),
        SeedCity("Barcelona", "ES", 41.39, 2.17, "EUR", 9_800, "Gràcia, El Born, Poblenou"),
        SeedCity("Lisbon", "PT", 38.72, -9.14, "EUR", 8_600, "Alfama, Graça, Bairro Alto"),
        SeedCity("Copenhagen", "DK", 55.68, 12.57, "DKK", 98_000, "Nørrebro, Vesterbro, Christianshavn"),
        SeedCity("Stockholm", "SE", 59.33, 18.07, "SEK", 118_000, "Södermalm, Gamla Stan, Vasastan"),
    ]
}
