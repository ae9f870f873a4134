// SPDX-License-Identifier: MIT
/// @file
/// Every type of field with every kind of difficult value, through memory, frame, SQLite and reload.
#include <holdfast/holdfast.hpp>
#include <holdfast/json.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <variant>

namespace hf = holdfast;
using namespace holdfast::test;
using namespace std::string_literals;

namespace {

const fake_clock standing_still;

enum class mood : std::int16_t { calm, angry, unnamed = 1'000, sad = -3 };
struct owner_id {
    std::int64_t value = 0;
};
struct tag {
    std::string text{};
};
struct money {
    std::int64_t cents = 0;
    friend bool operator==(const money&, const money&) = default;
};
struct label {
    std::string text{};
    friend bool operator==(const label&, const label&) = default;
};
using blob = std::vector<std::byte>;
template <class T> using maybe = std::optional<T>;
struct pair_of_reals {
    float a = 0;
    double b = 0;
};
struct bag {
    std::vector<double> reals{};
    std::vector<std::string> texts{};
    std::map<std::string, std::uint64_t> numbers{};
    std::optional<std::variant<bool, std::string>> either{};
    blob bytes{};
};

} // namespace

template <> struct holdfast::conversion<money> {
    static std::int64_t store(const money& value) { return value.cents; }
    static std::optional<money> load(std::int64_t cents) { return money{cents}; }
};
template <> struct holdfast::conversion<label> {
    static void store(const label& value, std::string& text) { text += "label:" + value.text; }
    static std::optional<label> load(std::string_view text) {
        if (!text.starts_with("label:")) return std::nullopt;
        return label{std::string(text.substr(6))};
    }
};

namespace {

struct every {
    std::int64_t id = 0;
    bool yes = false;
    char letter = 0;
    std::int8_t i8 = 0;
    std::uint8_t u8 = 0;
    std::int16_t i16 = 0;
    std::uint16_t u16 = 0;
    std::int32_t i32 = 0;
    std::uint32_t u32 = 0;
    std::int64_t i64 = 0;
    std::uint64_t u64 = 0;
    float f32 = 0;
    double f64 = 0;
    mood number{};
    mood named{};
    std::string text{};
    blob bytes{};
    std::array<unsigned char, 5> fixed{};
    hf::uuid unique{};
    std::chrono::nanoseconds took{};
    std::chrono::hours hours{};
    std::chrono::system_clock::time_point when{};
    std::chrono::sys_days day{};
    owner_id owner{};
    tag mark{};
    money purse{};
    label sign{};
    pair_of_reals reals{};
    std::array<std::int32_t, 3> three{};
    std::array<std::string, 2> two{};
    bag json{};
    maybe<bool> maybe_yes{};
    maybe<std::uint64_t> maybe_u64{};
    maybe<mood> maybe_mood{};
    maybe<mood> maybe_named{};
    maybe<std::string> maybe_text{};
    maybe<blob> maybe_bytes{};
    maybe<hf::uuid> maybe_unique{};
    maybe<owner_id> maybe_owner{};
    maybe<std::chrono::sys_seconds> maybe_when{};
};
struct world {
    hf::table<every, hf::primary_key<&every::id>, hf::by_name<&every::named>, hf::by_name<&every::maybe_named>,
              hf::json<&every::json>>
        rows;
};

template <class T> constexpr T least = std::numeric_limits<T>::min();
template <class T> constexpr T most = std::numeric_limits<T>::max();

void set_texts(every& row, const std::string& text) {
    row.text = row.mark.text = row.sign.text = text;
    row.maybe_text = row.two[1] = text;
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    row.bytes.assign(bytes, bytes + text.size());
    row.maybe_bytes = row.json.bytes = row.bytes;
    row.json.texts = {text, "", text};
    row.json.numbers = {{text, 1}, {"", most<std::uint64_t>}};
    row.json.either = text;
}
void set_reals(every& row, double value) {
    row.f64 = row.reals.b = value;
    row.f32 = row.reals.a = static_cast<float>(value);
    row.json.reals = {value, 0, value};
}
template <template <class> class Limit> void set_numbers(every& row) {
    const auto to = [](auto& field) { field = Limit<std::remove_reference_t<decltype(field)>>::value(); };
    [&](auto&... all) { (to(all), ...); }(row.yes, row.letter, row.i8, row.u8, row.i16, row.u16, row.i32, row.u32,
                                          row.i64, row.u64, row.owner.value, row.purse.cents, row.three[1]);
    row.number = row.named = static_cast<mood>(row.i16);
    row.took = std::chrono::nanoseconds(row.i64);
    row.when = std::chrono::system_clock::time_point(row.took);
    row.hours = std::chrono::hours::max();
    row.day = std::chrono::sys_days(std::chrono::days(row.i32));
    row.maybe_yes = row.yes;
    row.maybe_u64 = row.u64;
    row.maybe_mood = row.number;
    row.maybe_owner = row.owner;
    row.maybe_when = std::chrono::sys_seconds(std::chrono::seconds(row.i64));
}
template <class T> struct lowest {
    static T value() { return least<T>; }
};
template <class T> struct highest {
    static T value() { return most<T>; }
};

/// A row for each kind of difficult value.
std::vector<every> difficult_rows() {
    using real = std::numeric_limits<double>;
    const std::vector<std::function<void(every&)>> kinds{
        [](every&) {},
        [](every& row) { set_numbers<lowest>(row); },
        [](every& row) {
            set_numbers<highest>(row);
            row.fixed.fill(0xff);
            row.unique.bytes.fill(std::byte{0xff});
            row.maybe_unique = row.unique;
        },
        [](every& row) { row.named = mood::sad, row.maybe_named = mood::angry; },
        [](every& row) { row.maybe_named = mood::unnamed; },
        [](every& row) { row.maybe_unique = hf::uuid{}, row.maybe_mood = mood::calm, row.maybe_yes = false; },
        [](every& row) { set_reals(row, real::quiet_NaN()); },
        [](every& row) { set_reals(row, real::infinity()); },
        [](every& row) { set_reals(row, -real::infinity()); },
        [](every& row) { set_reals(row, -0.0); },
        [](every& row) { set_reals(row, real::denorm_min()); },
        [](every& row) { set_reals(row, real::max()); },
        [](every& row) { set_reals(row, 0.1); },
        [](every& row) { set_reals(row, 9007199254740993.0); },
        [](every& row) { set_texts(row, ""); },
        [](every& row) { set_texts(row, "a\0b\0"s); },
        [](every& row) { set_texts(row, "\0"s); },
        [](every& row) { set_texts(row, "caf\xe9 \xff\xfe \xed\xa0\x80 \xc0\x80"); },
        [](every& row) { set_texts(row, "12"); },
        [](every& row) { set_texts(row, "'quoted' \"twice\" \\ \n\r\t \x7f gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x89"); },
        [](every& row) { set_texts(row, std::string(10'000'000, 'x')); },
        [](every& row) { row.bytes.assign(10'000'000, std::byte{0xa5}); },
    };
    std::vector<every> rows(kinds.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        kinds[i](rows[i]);
        rows[i].id = static_cast<std::int64_t>(i) - 3;
    }
    return rows;
}

/// The names of the columns in which the two differ, bit by bit; a NaN is a NaN.
std::string differences(const every& a, const every& b) {
    world w;
    const hf::row_info* info = nullptr;
    hf::for_each_table(w, [&](hf::table_base& table, std::string_view) { info = table.description().row; });
    std::string found;
    for (const hf::column& is : info->columns) {
        const hf::cell value = is.get(&a);
        const std::string kept = value.is_bytes() ? std::string(value.view()) : "";
        const hf::cell other = is.get(&b);
        const bool equal = value.is_bytes() ? other.kind == value.kind && other.view() == kept : hf::same(value, other);
        if (!equal) found += is.name + " ";
    }
    return found;
}

} // namespace

TEST_CASE("every type comes back from memory, frame, SQLite and reload with every difficult value") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const std::vector<every> rows = difficult_rows();
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        for (const every& row : rows) {
            const auto inserted = db->rows.insert(row).value();
            CHECK(differences(*inserted, row) == "");
            every changed = row; // the same by changes of every field, in an order of their own
            changed.id += 1'000;
            const auto other = db->rows.insert({.id = changed.id}).value();
            db.commit();
            db->rows.update(other, [&](every& all) { all = changed; }).value();
            CHECK(differences(*other, changed) == "");
            db.commit();
        }
        close_and_compare(db, path);
    }
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    REQUIRE(db->rows.size() == 2 * rows.size());
    for (const every& row : rows) {
        CAPTURE(row.id);
        every changed = row;
        changed.id += 1'000;
        CHECK(differences(*db->rows.find(row.id), row) == "");
        CHECK(differences(*db->rows.find(changed.id), changed) == "");
    }
}
