// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/key.hpp: which fields can be keys, and how they are told apart.
#include <holdfast/table.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <set>

namespace hf = holdfast;
using hf::key_part;
using hf::key_probe;

namespace {

template <class Field> std::uint64_t hash(const Field& field) {
    return key_part<Field>::hash(key_part<Field>::of(field));
}

enum class colour : std::uint8_t { red, green, blue };

/// A table whose primary key has this type, and what can be done with a few different keys.
template <class Key> struct keyed {
    Key key{};
    std::optional<Key> other{};
    std::int32_t value = 0;
};

template <class Key> void check_keys(const std::vector<Key>& keys) {
    using row = keyed<Key>;
    hf::table<row, hf::primary_key<&row::key>, hf::unique<&row::other>> table;
    std::int32_t number = 0;
    for (const Key& key : keys) REQUIRE(table.insert({key, key, number++}));
    for (const Key& key : keys) {
        CHECK(table.insert({key, std::nullopt, 0}).why().code == hf::errc::taken);
        REQUIRE(table.template find_by<&row::other>(std::optional<Key>(key)));
        CHECK(table.template find_by<&row::other>(std::optional<Key>(key)) == table.find(key));
    }
    number = 0;
    for (const Key& key : keys) {
        REQUIRE(table.contains(key));
        CHECK(table.find(key)->value == number++);
    }
    for (const Key& key : keys) {
        REQUIRE(table.erase(key));
        CHECK_FALSE(table.contains(key));
        CHECK_FALSE(table.template find_by<&row::other>(std::optional<Key>(key)));
    }
    CHECK(table.empty());
}

hf::uuid numbered_uuid(std::uint8_t first, std::uint8_t last) {
    hf::uuid id;
    id.bytes.front() = std::byte{first};
    id.bytes.back() = std::byte{last};
    return id;
}

} // namespace

TEST_CASE("rows are found by whole number keys at their limits") {
    const auto check = []<class Integer>(Integer) {
        using limits = std::numeric_limits<Integer>;
        std::set<Integer> keys{limits::min(), limits::max(), Integer{0}, Integer{1},
                               static_cast<Integer>(limits::max() / 2)};
        check_keys(std::vector<Integer>(keys.begin(), keys.end()));
    };
    check(std::int8_t{});
    check(std::uint16_t{});
    check(std::int32_t{});
    check(std::int64_t{});
    check(std::uint64_t{});
}

TEST_CASE("rows are found by text keys that differ in one byte only") {
    check_keys<std::string>({"", "a", "b", "A", "a ", std::string("a\0", 2), std::string("a\0b", 3),
                             std::string(1, '\0'), std::string(1'000, 'x'), std::string(1'001, 'x'), "\xff"});
}

TEST_CASE("rows are found by uuid keys that differ in either half") {
    check_keys<hf::uuid>({numbered_uuid(0, 0), numbered_uuid(1, 0), numbered_uuid(0, 1), numbered_uuid(1, 1)});
}

TEST_CASE("rows are found by enum and bool keys") {
    check_keys<colour>({colour::red, colour::green, colour::blue, static_cast<colour>(255)});
    check_keys<std::uint8_t>({0, 1});
    struct flag {
        bool is = false;
    };
    hf::table<flag, hf::primary_key<&flag::is>> flags;
    REQUIRE(flags.insert({true}));
    CHECK(flags.contains(true));
    CHECK_FALSE(flags.contains(false));
}

TEST_CASE("rows are found by times and durations") {
    using seconds_since = std::chrono::time_point<std::chrono::system_clock, std::chrono::seconds>;
    check_keys<std::chrono::milliseconds>({std::chrono::milliseconds(0), std::chrono::milliseconds(-5)});
    check_keys<seconds_since>({seconds_since(), seconds_since(std::chrono::seconds(1'700'000'000))});
}

TEST_CASE("rows are found by blobs") {
    using blob = std::vector<std::byte>;
    check_keys<blob>({blob(), blob(1), blob(2), blob(1, std::byte{0xff})});
}

TEST_CASE("text is looked up by views and literals and strings") {
    struct named {
        std::string name{};
    };
    hf::table<named, hf::primary_key<&named::name>> table;
    REQUIRE(table.insert({"Aria"}));
    CHECK(table.contains("Aria"));
    CHECK(table.contains(std::string("Aria")));
    CHECK(table.contains(std::string_view("Aria, the hero").substr(0, 4)));
    CHECK_FALSE(table.contains("aria"));
}

TEST_CASE("an optional key is looked up by what it may contain") {
    struct maybe {
        std::int32_t id = 0;
        std::optional<std::string> name{};
        std::optional<std::int64_t> number{};
    };
    hf::table<maybe, hf::primary_key<&maybe::id>, hf::unique<&maybe::name>, hf::unique<&maybe::number>> table;
    REQUIRE(table.insert({1, "Aria", 5}));
    REQUIRE(table.insert({2, std::nullopt, std::nullopt}));
    CHECK(table.find_by<&maybe::name>("Aria")->id == 1);
    CHECK(table.find_by<&maybe::name>(std::string("Aria"))->id == 1);
    CHECK(table.find_by<&maybe::number>(5)->id == 1);
    CHECK_FALSE(table.find_by<&maybe::number>(0));
    CHECK_FALSE(table.find_by<&maybe::name>(std::nullopt));
}

TEST_CASE("keys of several fields are different when any field is and the order of fields counts") {
    const auto hash_of = [](std::int32_t a, std::int32_t b) {
        return key_probe<std::int32_t, std::int32_t>({a, b}).hash;
    };
    std::set<std::uint64_t> hashes;
    for (std::int32_t a = -50; a < 50; ++a)
        for (std::int32_t b = -50; b < 50; ++b) hashes.insert(hash_of(a, b));
    CHECK(hashes.size() == 10'000);
}

TEST_CASE("hashes of regular numbers spread over parts and over the groups of 15 places in a part") {
    // A part of 12,000 slots has 1,024 groups; of slots with random hashes some 3 % find their group full.
    constexpr std::size_t parts = 64;
    constexpr std::size_t count = 12'000 * parts;
    for (const std::uint64_t stride :
         {1ull, 2ull, 3ull, 10ull, 100ull, 1'000ull, 1'024ull, 65'536ull, 1ull << 20, 1ull << 32, 1ull << 40}) {
        std::vector<std::uint32_t> groups(parts * 1'024);
        std::vector<std::size_t> sizes(parts);
        for (std::uint64_t i = 1; i <= count; ++i) {
            const std::uint64_t spread = hash(static_cast<std::int64_t>(i * stride));
            const std::size_t part = spread >> 8 & (parts - 1);
            ++groups[part * 1'024 + (spread >> 54)];
            ++sizes[part];
        }
        std::size_t too_many = 0;
        for (const std::uint32_t size : groups) too_many += size > 15 ? size - 15 : 0;
        CAPTURE(stride);
        CHECK(too_many < count / 10);
        CHECK(*std::min_element(sizes.begin(), sizes.end()) > 11'400);
        CHECK(*std::max_element(sizes.begin(), sizes.end()) < 12'600);
    }
}

TEST_CASE("an empty optional is none and a full one is not") {
    using part = key_part<std::optional<std::string>>;
    CHECK(part::is_none(part::of(std::nullopt)));
    CHECK_FALSE(part::is_none(part::of("")));
    CHECK_FALSE(key_part<std::int64_t>::is_none(0));
    CHECK(hash(std::optional<std::int64_t>(5)) == hash(std::int64_t{5}));
}
