// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/coalescer.hpp.
#include <holdfast/snapshot/coalescer.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"

#include <deque>
#include <map>
#include <random>

using namespace holdfast::test;
using holdfast::cell;
using holdfast::coalescer;
using holdfast::column_mask;
using holdfast::errc;
using holdfast::error;
using holdfast::log_schema;
using holdfast::op_reader;
using holdfast::op_view;
using holdfast::result;

namespace {

using list = std::vector<std::string>;

/// A coalescer fed with ops as they come out of a frame, and what it would write.
class fed_coalescer {
public:
    explicit fed_coalescer(std::size_t columns = 4, std::vector<std::uint8_t> key = {0}) {
        schema_.tables.push_back({"t", {}, std::move(key), std::vector<std::uint8_t>(columns)});
        schema_.tables[0].columns.resize(columns, "c");
    }

    void set(cells key, std::uint8_t column, const cell& value) {
        const op_view op = read(op_writer().set(0, key, column, value));
        waiting.set(waiting.row_of(op), column, op.values[0]);
    }
    void drop(cells key) { waiting.drop(read(op_writer().erase(0, key)).key); }

    /// Each row as "key: column=value column=value", in the order of writing.
    [[nodiscard]] list written() {
        list found;
        const auto ok = waiting.write_all([&](const coalescer::row& row) -> result<void> {
            std::map<int, std::string> values;
            waiting.for_each(row, [&](std::uint8_t column, const cell& value) {
                REQUIRE(row.columns.has(column));
                REQUIRE(values.emplace(column, value_text(value)).second);
            });
            std::string text;
            holdfast::bytes::reader key({reinterpret_cast<const std::byte*>(row.key.data()), row.key.size()});
            while (key.left() != 0) text += (text.empty() ? "" : ",") + value_text(*holdfast::take_cell(key));
            text += ":";
            for (const auto& [column, value] : values) text += " " + std::to_string(column) + "=" + value;
            found.push_back(text);
            return {};
        });
        REQUIRE(ok);
        return found;
    }

    coalescer waiting;

private:
    op_view read(const op_writer& ops) {
        payloads_.push_back(ops.section());
        op_reader reader(payloads_.back(), schema_);
        op_view op;
        REQUIRE(reader.next(op) == op_reader::step::op);
        return op;
    }
    static std::string value_text(const cell& value) {
        return value.is_integer() ? std::to_string(value.integer) : std::string(value.view());
    }

    log_schema schema_;
    std::deque<std::vector<std::byte>> payloads_; ///< What keys and texts point into.
};

} // namespace

TEST_CASE("of each column of a row the newest value waits") {
    fed_coalescer rows;
    rows.set({number(1)}, 1, text("a"));
    rows.set({number(1)}, 2, text("b"));
    rows.set({number(2)}, 1, text("c"));
    rows.set({number(1)}, 1, text("d"));
    rows.set({number(1)}, 1, text("e"));
    CHECK(rows.written() == list{"1: 1=e 2=b", "2: 1=c"});
}

TEST_CASE("nothing waits for a row that is gone") {
    fed_coalescer rows;
    rows.set({number(1)}, 1, text("a"));
    rows.set({number(2)}, 1, text("b"));
    rows.drop({number(1)});
    rows.drop({number(3)});
    CHECK(rows.written() == list{"2: 1=b"});
}

TEST_CASE("what is set after a row is gone belongs to the new row alone") {
    fed_coalescer rows;
    rows.set({number(1)}, 1, text("old"));
    rows.set({number(1)}, 2, text("old"));
    rows.drop({number(1)});
    rows.set({number(1)}, 2, text("new"));
    CHECK(rows.written() == list{"1: 2=new"});
    rows.drop({number(1)});
}

TEST_CASE("integer keys are written in their order, negative ones first") {
    fed_coalescer rows;
    for (const std::int64_t key : {300, -1, 0, 70'000, -70'000, 5}) rows.set({number(key)}, 1, text("x"));
    rows.set({number(std::numeric_limits<std::int64_t>::max())}, 1, text("x"));
    rows.set({number(std::numeric_limits<std::int64_t>::min())}, 1, text("x"));
    CHECK(rows.written() == list{"-9223372036854775808: 1=x", "-70000: 1=x", "-1: 1=x", "0: 1=x", "5: 1=x", "300: 1=x",
                                 "70000: 1=x", "9223372036854775807: 1=x"});
}

TEST_CASE("keys of several columns, of text and of blobs are told apart") {
    fed_coalescer pairs(4, {0, 1});
    pairs.set({number(1), text("b")}, 2, text("x"));
    pairs.set({number(1), text("a")}, 2, text("y"));
    pairs.set({number(1), text("b")}, 3, text("z"));
    CHECK(pairs.written() == list{"1,a: 2=y", "1,b: 2=x 3=z"});

    fed_coalescer texts;
    using namespace std::string_view_literals;
    texts.set({text("a\0b"sv)}, 1, text("x"));
    texts.set({text("a\0c"sv)}, 1, text("y"));
    texts.set({text("")}, 1, text("z"));
    texts.set({blob("")}, 1, text("w"));
    CHECK(texts.written().size() == 4);
    texts.drop({text("a\0c"sv)});
    CHECK(texts.written().size() == 3);
}

TEST_CASE("the last column of the widest table waits like any other") {
    fed_coalescer rows(255);
    for (const int column : {254, 63, 64, 127, 128, 191, 192, 1})
        rows.set({number(1)}, static_cast<std::uint8_t>(column), text("x"));
    CHECK(rows.written() == list{"1: 1=x 63=x 64=x 127=x 128=x 191=x 192=x 254=x"});
}

TEST_CASE("a column mask has what was added and nothing else") {
    column_mask mask;
    for (int c = 0; c < 256; c += 3) mask.add(static_cast<std::uint8_t>(c));
    for (int c = 0; c < 256; ++c) CHECK(mask.has(static_cast<std::uint8_t>(c)) == (c % 3 == 0));
    column_mask other = mask;
    CHECK(other == mask);
    other.add(1);
    CHECK_FALSE(other == mask);
}

TEST_CASE("writing stops at the first row that fails") {
    fed_coalescer rows;
    for (const std::int64_t key : {3, 1, 2}) rows.set({number(key)}, 1, text("x"));
    int calls = 0;
    const auto ok = rows.waiting.write_all([&](const coalescer::row&) -> result<void> {
        if (++calls == 2) return error{errc::full, "no room"};
        return {};
    });
    REQUIRE_FALSE(ok);
    CHECK(ok.why().code == errc::full);
    CHECK(calls == 2);
}

TEST_CASE("a cleared coalescer begins anew") {
    fed_coalescer rows;
    rows.set({number(1)}, 1, text("x"));
    rows.waiting.clear();
    CHECK(rows.written().empty());
    rows.set({number(1)}, 2, text("y"));
    CHECK(rows.written() == list{"1: 2=y"});
}

TEST_CASE("any changes and erases leave what a map says") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int life = 0; life < 20; ++life) {
        fed_coalescer rows;
        std::map<std::int64_t, std::map<int, std::string>> oracle;
        for (int step = 0; step < 2'000; ++step) {
            const auto key = static_cast<std::int64_t>(random() % 100) - 50;
            if (random() % 10 == 0) {
                rows.drop({number(key)});
                oracle.erase(key);
                continue;
            }
            const auto column = static_cast<std::uint8_t>(1 + random() % 3);
            const std::string value = std::to_string(random());
            rows.set({number(key)}, column, text(value));
            oracle[key][column] = value;
        }
        list expected;
        for (const auto& [key, columns] : oracle) {
            std::string line = std::to_string(key) + ":";
            for (const auto& [column, value] : columns) line += " " + std::to_string(column) + "=" + value;
            expected.push_back(line);
        }
        REQUIRE(rows.written() == expected);
    }
}

TEST_CASE("a column's rank is the number of columns before it in the mask") {
    column_mask mask;
    CHECK(mask.count() == 0);
    int before = 0;
    for (const int column : {0, 1, 5, 63, 64, 100, 127, 128, 191, 192, 254, 255}) {
        mask.add(static_cast<std::uint8_t>(column));
        CHECK(mask.rank(static_cast<std::uint8_t>(column)) == before);
        CHECK(mask.count() == ++before);
    }
    CHECK(mask.rank(0) == 0);
    CHECK(mask.rank(2) == 2);
    CHECK(mask.rank(130) == 8);
}
