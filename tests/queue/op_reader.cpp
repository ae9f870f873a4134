// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/op_reader.hpp: what was written is read; whatever else the bytes are, nothing
/// worse than `bad` happens.
#include <holdfast/queue/op_reader.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"

#include <memory>
#include <random>

using holdfast::bytes_view;
using holdfast::cell;
using holdfast::log_schema;
using holdfast::op_kind;
using holdfast::op_reader;
using holdfast::op_view;
using holdfast::same;
using holdfast::test::blob;
using holdfast::test::number;
using holdfast::test::op_writer;
using holdfast::test::real;
using holdfast::test::text;

namespace {

using step = op_reader::step;

/// Two tables; the key of the second has two columns.
const log_schema schema{{{"characters", {"id", "name", "gold"}, {0}, {true, true, false}},
                         {"skills", {"level", "skill", "owner"}, {2, 1}, {false, true, true}}}};

struct exact_copy {
    explicit exact_copy(const std::vector<std::byte>& from)
        : size(from.size()), data(std::make_unique<std::byte[]>(size)) {
        if (size != 0) std::memcpy(data.get(), from.data(), size);
    }
    [[nodiscard]] bytes_view view() const { return {data.get(), size}; }
    std::size_t size;
    std::unique_ptr<std::byte[]> data;
};

struct outcome {
    step last = step::op;
    std::size_t ops = 0;
    std::string why;
};

/// Reads to the end, looking at every byte that an op points to.
outcome read_all(bytes_view payload) {
    op_reader reader(payload, schema);
    op_view op;
    outcome seen;
    volatile unsigned sum = 0;
    const auto touch = [&](const char* data, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) sum = sum + static_cast<unsigned char>(data[i]);
    };
    const auto touch_cells = [&](const std::vector<cell>& list) {
        for (const cell& one : list)
            if (one.is_bytes()) touch(one.bytes.data, one.bytes.size);
    };
    for (;;) {
        seen.last = reader.next(op);
        if (seen.last == step::bad) seen.why = reader.why();
        if (seen.last != step::op) return seen;
        ++seen.ops;
        REQUIRE(op.table < schema.tables.size());
        const auto& table = schema.tables[op.table];
        const bool has_key = op.kind == op_kind::set || op.kind == op_kind::update || op.kind == op_kind::erase;
        REQUIRE(op.key_cells.size() == (has_key ? table.key.size() : 0));
        if (op.kind == op_kind::insert) REQUIRE(op.values.size() == table.columns.size());
        if (op.kind == op_kind::set || op.kind == op_kind::update) {
            REQUIRE(op.values.size() == op.columns.size());
            for (const std::byte column : op.columns)
                REQUIRE(std::to_integer<std::size_t>(column) < table.columns.size());
        }
        touch_cells(op.key_cells);
        touch_cells(op.values);
        if (has_key) touch(reinterpret_cast<const char*>(op.key.data()), op.key.size());
    }
}

op_writer every_kind_of_op() {
    op_writer ops;
    ops.lease(0, 2'000)
        .insert(0, {number(1), text("Aria"), number(50)})
        .set(0, {number(1)}, 2, cell::of_integer(holdfast::cell_kind::i8, -7))
        .insert(1, {real(1.5), text("sword"), number(1)})
        .update(1, {number(1), text("sword")}, {{0, real(2.5)}, {1, text("bow")}})
        .update(0, {number(1)}, {{1, cell{}}, {2, blob(std::string_view("\0\xff", 2))}})
        .erase(1, {number(1), text("bow")})
        .erase(0, {number(1)});
    return ops;
}

std::string why(const op_writer& ops) {
    const exact_copy payload(ops.section());
    const outcome seen = read_all(payload.view());
    REQUIRE(seen.last == step::bad);
    return seen.why;
}

} // namespace

TEST_CASE("each kind of op is read as it was written") {
    const exact_copy payload(every_kind_of_op().section());
    op_reader reader(payload.view(), schema);
    op_view op;

    REQUIRE(reader.next(op) == step::op);
    CHECK(op.kind == op_kind::lease);
    CHECK(op.table == 0);
    CHECK(op.lease == 2'000);

    REQUIRE(reader.next(op) == step::op);
    CHECK(op.kind == op_kind::insert);
    REQUIRE(op.values.size() == 3);
    CHECK(same(op.values[0], number(1)));
    CHECK(same(op.values[1], text("Aria")));
    CHECK(op.key_cells.empty());

    REQUIRE(reader.next(op) == step::op);
    CHECK(op.kind == op_kind::set);
    REQUIRE(op.columns.size() == 1);
    CHECK(op.columns[0] == std::byte{2});
    REQUIRE(op.key_cells.size() == 1);
    CHECK(same(op.key_cells[0], number(1)));
    CHECK(op.key.size() == 9);
    REQUIRE(op.values.size() == 1);
    CHECK(same(op.values[0], number(-7)));

    REQUIRE(reader.next(op) == step::op);
    CHECK(op.table == 1);

    REQUIRE(reader.next(op) == step::op);
    CHECK(op.kind == op_kind::update);
    REQUIRE(op.columns.size() == 2);
    CHECK(op.columns[1] == std::byte{1});
    REQUIRE(op.key_cells.size() == 2);
    CHECK(same(op.key_cells[1], text("sword")));
    CHECK(op.key.size() == 9 + 7);
    CHECK(same(op.values[0], real(2.5)));
    CHECK(same(op.values[1], text("bow")));

    REQUIRE(reader.next(op) == step::op);
    CHECK(same(op.values[0], cell{}));
    CHECK(same(op.values[1], blob(std::string_view("\0\xff", 2))));

    REQUIRE(reader.next(op) == step::op);
    CHECK(op.kind == op_kind::erase);
    CHECK(op.values.empty());
    REQUIRE(op.key_cells.size() == 2);
    REQUIRE(reader.next(op) == step::op);
    CHECK(reader.next(op) == step::end);
    CHECK(reader.next(op) == step::end);
}

TEST_CASE("a row of a resync is read as an insert is, and one that is cut short is none") {
    const exact_copy payload(op_writer().row(0, {number(1), text("Aria"), number(5)}).section());
    op_reader reader(payload.view(), schema);
    op_view op;
    REQUIRE(reader.next(op) == step::op);
    CHECK(op.kind == op_kind::row);
    REQUIRE(op.values.size() == 3);
    CHECK(same(op.values[1], text("Aria")));
    CHECK(op.key_cells.empty());
    const exact_copy cut(op_writer().row(0, {number(1), text("Aria")}).section());
    op_reader of_cut(cut.view(), schema);
    CHECK(of_cut.next(op) == step::bad);
}

TEST_CASE("sections are read one after the other, empty ones passed over") {
    std::vector<std::byte> payload;
    for (const op_writer& ops : {op_writer(), op_writer().erase(0, {number(1)}), op_writer(), op_writer(),
                                 op_writer().erase(0, {number(2)}).erase(0, {number(3)}), op_writer()}) {
        const auto section = ops.section();
        payload.insert(payload.end(), section.begin(), section.end());
    }
    const exact_copy copy(payload);
    op_reader reader(copy.view(), schema);
    op_view op;
    for (const std::int64_t id : {1, 2, 3}) {
        REQUIRE(reader.next(op) == step::op);
        CHECK(op.key_cells.at(0).integer == id);
    }
    CHECK(reader.next(op) == step::end);
    CHECK(read_all(bytes_view()).last == step::end);
}

TEST_CASE("every prefix of a payload ends in bad") {
    const auto whole = every_kind_of_op().section();
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const exact_copy prefix({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
        REQUIRE(read_all(prefix.view()).last == step::bad);
    }
}

TEST_CASE("a section that ends inside an op is bad, at the end of one it has fewer ops") {
    const op_writer whole = every_kind_of_op();
    std::size_t clean = 0;
    for (std::size_t size = 0; size < whole.ops().size(); ++size) {
        op_writer cut;
        cut.raw({reinterpret_cast<const char*>(whole.ops().data()), size});
        const exact_copy payload(cut.section());
        const outcome seen = read_all(payload.view());
        REQUIRE((seen.last == step::bad || seen.last == step::end));
        if (seen.last == step::end) REQUIRE(seen.ops == clean++);
    }
    CHECK(clean == 8);
}

TEST_CASE("a payload with any byte changed ends in bad or in ops that fit the tables") {
    const auto whole = every_kind_of_op().section();
    std::size_t bad = 0, good = 0;
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (unsigned value = 0; value < 256; ++value) {
            auto damaged = whole;
            damaged[at] = static_cast<std::byte>(value);
            const exact_copy payload(damaged);
            ++(read_all(payload.view()).last == step::bad ? bad : good);
        }
    CHECK(bad > 0);
    CHECK(good > 0);
}

TEST_CASE("random bytes end in bad or in ops that fit the tables") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 20'000; ++i) {
        op_writer ops;
        std::string bytes(random() % 64, '\0');
        for (char& one : bytes) one = static_cast<char>(random() % 4 == 0 ? random() : random() % 9);
        const exact_copy payload(ops.raw(bytes).section());
        REQUIRE(read_all(payload.view()).last != step::op);
    }
}

TEST_CASE("an op of an unknown kind is bad") {
    for (unsigned kind = 0; kind < 256; ++kind) {
        if (kind >= 1 && kind <= 5) continue;
        const char op[] = {static_cast<char>(kind), 0, 0, 0};
        CHECK(why(op_writer().raw({op, 4}).raw(std::string(64, '\0'))) == "an op of an unknown kind");
    }
}

TEST_CASE("an op of an unknown table is bad") {
    CHECK(why(op_writer().erase(2, {number(1)})) == "an op names a table that the log does not");
    CHECK(why(op_writer().lease(0xffff, 1)) == "an op names a table that the log does not");
}

TEST_CASE("an op of an unknown column is bad") {
    CHECK(why(op_writer().set(0, {number(1)}, 3, number(1))) == "an op names a column that the log does not");
    CHECK(why(op_writer().set(0, {number(1)}, 255, number(1))) == "an op names a column that the log does not");
    CHECK(why(op_writer().update(1, {number(1), text("bow")}, {{0, number(1)}, {3, number(1)}})) ==
          "an op names a column that the log does not");
}

TEST_CASE("an update of no column is bad") {
    CHECK(why(op_writer().update(0, {number(1)}, {})) == "an update's columns are cut short");
}

TEST_CASE("an update that says it has more columns than bytes is bad") {
    const std::string header("\x02\0\0\0", 4);
    CHECK(why(op_writer().raw(header + "\x70" + std::string(8, '\0'))) == "an update's columns are cut short");
    CHECK(why(op_writer().raw(header + std::string(9, '\xff') + "\x01")) == "an update's columns are cut short");
    CHECK(why(op_writer().raw(header + std::string(11, '\xff'))) == "an update's columns are cut short");
}
