// SPDX-License-Identifier: MIT
/// @file
/// The steps that change a world.
#include "support/catch.hpp"
#include "worlds/player.hpp"

#include <new>

namespace holdfast::test::worlds {

namespace {

constexpr std::int64_t keys = 60;
constexpr std::int64_t missing_key = 1'000'000;

/// Thrown out of a transaction.
struct taken_back {};

void put(record& to, field what, const record& from) {
    switch (what) {
    case field::parent: to.parent = from.parent; return;
    case field::self: to.self = from.self; return;
    case field::text: to.text = from.text; return;
    case field::tag: to.tag = from.tag; return;
    case field::level: to.level = from.level; return;
    case field::gold: to.gold = from.gold; return;
    case field::kind: to.kind = from.kind; return;
    case field::price: to.price = from.price; return;
    case field::extra: to.extra = from.extra; return;
    case field::grade: to.grade = from.grade; return;
    }
}

} // namespace

player::player(const choice& of, world_face& world, fake_clock& time, memory has, std::mt19937& random)
    : is_(of), world_(world), time_(time), memory_(has), random_(random), must_(of), committed_(of) {}

// --- what a step is about ------------------------------------------------------------------------------

std::int64_t player::other_case(std::int64_t key) {
    if (is_.key == key_kind::text) return key ^ 1;
    if (is_.key == key_kind::pair && !is_.named) return key / 3 % 2 == 0 ? key + 3 : key - 3;
    return key;
}
std::int64_t player::a_key(int side) {
    const auto& rows = must_.of(side);
    if (rows.empty() || any(20) == 0) return missing_key + small(99);
    const auto at = std::next(rows.begin(), any(static_cast<std::uint32_t>(rows.size())));
    return is_.nocase && any(3) == 0 ? other_case(at->second.key) : at->second.key;
}
std::int64_t player::a_reference(int side) {
    const std::int64_t key = a_key(side);
    return key < missing_key ? key : key + missing_key; // where no id will ever come
}
const record* player::a_row(int side) {
    const record* found = must_.find(side, a_key(side));
    return found;
}
record player::drawn(int side) {
    static const std::array<std::string, 12> texts{"",
                                                   "a",
                                                   "A",
                                                   "b",
                                                   "ab",
                                                   "AB",
                                                   "Zz",
                                                   "zZ",
                                                   "\xc3\xa4",
                                                   "a text that is too long for the inside of a string",
                                                   "A TEXT that is too long for the inside of a string",
                                                   "a text that is too long for the inside of a strinG"};
    record made;
    made.key = any(6) == 0 ? a_key(side) : must_.key_is_auto() ? 0 : small(keys);
    if (any(3) != 0) made.parent = a_reference(0);
    if (any(3) != 0) made.self = must_.self_by_tag() ? a_tag() : a_reference(side);
    if (any(20) == 0 && (must_.self_by_tag() || made.key != 0)) made.self = must_.self_by_tag() ? made.tag : made.key;
    made.text = texts[any(texts.size())];
    if (any(3) != 0) made.tag = a_tag();
    made.level = small(10);
    made.gold = any(8) == 0 ? -small(60) : small(100);
    made.kind = any(3) == 0 ? sort::plain : any(2) == 0 ? sort::shiny : sort::torn;
    made.price = small(5);
    made.extra = small(4);
    made.grade = small(3);
    if (any(4) == 0) made.made = small(2) + 1;
    if (any(8) == 0) made.serial = small(40);
    return made;
}
predicate player::some_rows() {
    const std::int32_t level = small(10);
    if (any(2) == 0) return [level](const record& row) { return row.level == level; };
    return [level](const record& row) { return row.price == level % 5 && row.gold % 7 == level % 7; };
}

// --- agreement -------------------------------------------------------------------------------------------

template <class Function> auto player::attempt(const Function& fn) -> std::optional<decltype(fn())> {
    if (memory_ == memory::short_of && any(2) == 0) world_.failing_allocation = 1 + any(12);
    try {
        auto outcome = fn();
        world_.failing_allocation = 0;
        return outcome;
    } catch (const std::bad_alloc&) {
        REQUIRE(world_.failing_allocation != 0);
        world_.failing_allocation = 0;
        ++failed;
        compare(thorough::no);
        return std::nullopt;
    }
}

template <class Outcome> bool player::agreed(const Outcome& outcome, const reasons& no, const char* what) {
    if (!outcome) return false;
    const auto& made = *outcome;
    ++(made ? done : refused);
    if (static_cast<bool>(made) == no.empty() && (made || no.contains(made.why().code))) return no.empty();
    std::string expected;
    for (const errc code : no) expected += " " + std::string(name_of(code));
    FAIL(what << ": " << (made ? "done" : made.why().message()) << "; must be:" << (no.empty() ? " done" : expected));
    return false;
}

// --- changes of one row ------------------------------------------------------------------------------------

void player::note_id(int side, const record& asked, const record& made) {
    const std::int64_t id = must_.key_is_auto() ? made.key : made.serial;
    const bool chosen = (must_.key_is_auto() ? asked.key : asked.serial) != 0;
    auto& given = given_[static_cast<std::size_t>(side)];
    const bool fresh = given.insert(id).second;
    if (!fresh && !chosen) FAIL("the id " << id << " was given twice");
    if (fresh) uncommitted_.emplace_back(side, id);
}

void player::insert(int side) {
    record row = drawn(side);
    const reasons no = must_.against_insert(side, row);
    const auto made = attempt([&] { return world_.table(side).insert(row); });
    if (!agreed(made, no, "insert")) return;
    const record& is = **made;
    if (is_.auto_id) note_id(side, row, is);
    if (is_.auto_id && must_.key_is_auto() && row.key == 0) row.key = is.key;
    if (is_.auto_id && !must_.key_is_auto() && row.serial == 0) row.serial = is.serial;
    if (is_.times && row.made == 0) row.made = now();
    if (is_.times) row.touched = now();
    if (!(is == row)) FAIL("the row that was inserted is another one");
    must_.insert(side, row);
}

void player::set(int side) {
    const auto what = static_cast<field>(any(kinds_of_field));
    const std::int64_t key = a_key(side);
    const record to = drawn(side);
    const record* row = must_.find(side, key);
    if (row == nullptr && !set_by_key(what)) return;
    record after = row != nullptr ? *row : record();
    put(after, what, to);
    const reasons no = row != nullptr ? must_.against_change(side, after) : reasons{errc::not_found};
    const bool by_handle = row != nullptr && (!set_by_key(what) || any(2) == 0);
    auto& table = world_.table(side);
    const auto made = attempt([&] { return by_handle ? table.set_row(key, what, to) : table.set(key, what, to); });
    CAPTURE(static_cast<int>(what));
    if (agreed(made, no, by_handle ? "set by handle" : "set by key")) must_.change(side, after, now());
}

void player::add(int side) {
    const field what = any(2) == 0 ? field::level : field::gold;
    const std::int64_t key = a_key(side);
    const std::int64_t amount = any(10) == 0 ? INT64_MAX - small(20) : any(10) == 0 ? INT64_MIN : small(20) - 9;
    const record* row = must_.find(side, key);
    record after = row != nullptr ? *row : record();
    const bool overflows = what == field::level ? __builtin_add_overflow(after.level, amount, &after.level)
                                                : __builtin_add_overflow(after.gold, amount, &after.gold);
    const reasons no = row == nullptr ? reasons{errc::not_found}
                       : overflows    ? reasons{errc::refused}
                                      : must_.against_change(side, after);
    const auto made = attempt([&] { return world_.table(side).add(key, what, amount); });
    if (agreed(made, no, "add")) must_.change(side, after, now());
}

void player::update(int side) {
    const record* row = a_row(side);
    if (row == nullptr) return;
    const record to = drawn(side);
    record after = *row;
    const bool whole = any(2) == 0;
    for (int what = 0; what < kinds_of_field; ++what)
        if (whole ? any(3) == 0 : static_cast<field>(what) == field::text) put(after, static_cast<field>(what), to);
    if (whole && any(15) == 0) after.serial = to.serial;
    if (whole && any(15) == 0) after.touched = to.made;
    if (!whole) {
        put(after, field::level, to);
        put(after, field::self, to);
    }
    const reasons no = must_.against_change(side, after);
    auto& table = world_.table(side);
    const auto made =
        attempt([&] { return whole ? table.update_row(row->key, after) : table.update_some(row->key, after); });
    if (agreed(made, no, whole ? "update of a row" : "update of some fields")) must_.change(side, after, now());
}

void player::erase(int side) {
    const std::int64_t key = a_key(side);
    const reasons no = must_.against_erase(side, key);
    const bool by_handle = must_.find(side, key) != nullptr && any(2) == 0;
    auto& table = world_.table(side);
    const auto made = attempt([&] { return by_handle ? table.erase_row(key) : table.erase(key); });
    if (agreed(made, no, "erase")) must_.erase(side, key, now());
}

void player::erase_while_updating(int side) {
    if (const record* row = a_row(side))
        agreed(attempt([&] { return world_.table(side).erase_while_updating(row->key); }), {errc::busy},
               "erase inside an update");
}

// --- changes of many rows ------------------------------------------------------------------------------------

template <class Against, class Make>
reasons player::many(const std::vector<std::int64_t>& keys_of, const Against& against, const Make& make) {
    const model before = must_;
    ++must_.open;
    reasons no;
    for (const std::int64_t key : keys_of) {
        no = against(key);
        if (!no.empty()) break;
        make(key);
    }
    --must_.open;
    if (no.empty() && is_.deferred && must_.open == 0 && must_.dangles()) no = {errc::reference};
    if (!no.empty()) must_ = before;
    return no;
}

void player::update_where(int side) {
    const predicate fits = some_rows();
    const field what = any(2) == 0 ? field::level : field::text;
    const record to = drawn(side);
    std::vector<std::int64_t> matched;
    const auto made = attempt([&] {
        return world_.table(side).update_where(
            [&](const record& row) {
                if (fits(row)) matched.push_back(row.key);
                return fits(row);
            },
            what, to);
    });
    if (!made) return;
    const auto changed = [&](std::int64_t key) {
        record after = *must_.find(side, key);
        put(after, what, to);
        if (what == field::text) {
            put(after, field::self, to);
            after.gold ^= 1;
        }
        return after;
    };
    const reasons no = many(
        matched, [&](std::int64_t key) { return must_.against_change(side, changed(key)); },
        [&](std::int64_t key) { must_.change(side, changed(key), now()); });
    if (agreed(made, no, "update_where") && **made != matched.size()) FAIL("update_where changed another number");
}

void player::erase_where(int side) {
    const predicate fits = some_rows();
    std::vector<std::int64_t> matched;
    const auto made = attempt([&] {
        return world_.table(side).erase_where([&](const record& row) {
            if (fits(row)) matched.push_back(row.key);
            return fits(row);
        });
    });
    if (!made) return;
    const reasons no = many(
        matched,
        [&](std::int64_t key) { return must_.find(side, key) == nullptr ? reasons{} : must_.against_erase(side, key); },
        [&](std::int64_t key) {
            if (must_.find(side, key) != nullptr) must_.erase(side, key, now());
        });
    if (agreed(made, no, "erase_where") && **made != matched.size()) FAIL("erase_where erased another number");
}

// --- transactions, ticks and restarts --------------------------------------------------------------------------

void player::change() {
    time_.advance(std::chrono::microseconds(1));
    const int side = a_side();
    switch (any(22)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: return must_.of(side).size() < keys ? insert(side) : erase(side);
    case 5: return erase(side);
    case 6: return add(side);
    case 7: return add(1 - side);
    case 8:
    case 9:
    case 10:
    case 11: return update(side);
    case 12: return update_where(side);
    case 13: return any(3) == 0 ? erase_where(side) : erase_while_updating(side);
    case 14: return search(side, drawn(side));
    default: return set(side);
    }
}

void player::transact(int depth) {
    const model before = must_;
    const std::uint32_t how = any(4); // 0: refuse, 1: throw, else keep
    ++must_.open;
    try {
        auto outcome = world_.transact([&]() -> result<void> {
            for (std::uint32_t i = any(12); i > 0; --i)
                if (depth < 3 && any(8) == 0)
                    transact(depth + 1);
                else
                    change();
            if (how == 0) return error{errc::refused, "taken back"};
            if (how == 1) throw taken_back();
            return {};
        });
        --must_.open;
        const bool dangles = is_.deferred && must_.open == 0 && must_.dangles();
        const reasons no = how == 0 ? reasons{errc::refused} : dangles ? reasons{errc::reference} : reasons{};
        if (!agreed(std::optional(std::move(outcome)), no, "transact")) must_ = before;
    } catch (const taken_back&) {
        REQUIRE(how == 1);
        must_ = before;
    }
    if (any(10) == 0) compare(thorough::no);
}

void player::commit() {
    if (memory_ == memory::short_of) world_.failing_allocation = 1 + any(2);
    world_.commit();
    world_.failing_allocation = 0;
    committed_ = must_;
    uncommitted_.clear();
}

void player::reopen() {
    if (any(2) == 0) commit();
    for (const auto& [side, id] : uncommitted_) given_[static_cast<std::size_t>(side)].erase(id);
    uncommitted_.clear();
    const std::string differs = world_.reopen();
    if (!differs.empty()) FAIL(differs);
    committed_.forget_transient();
    must_ = committed_;
    compare(thorough::yes);
}

void player::step() {
    if (any(25) == 0)
        transact(0);
    else
        change();
    if (any(12) == 0) commit();
    if (any(150) == 0) compare(thorough::no);
    if (any(4'000) == 0) {
        const auto saved = world_.save();
        if (!saved) FAIL(saved.why().message());
    }
    if (any(8'000) == 0) reopen();
}

void player::end() {
    compare(thorough::yes);
    commit();
    reopen();
}

} // namespace holdfast::test::worlds
