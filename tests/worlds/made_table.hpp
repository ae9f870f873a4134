// SPDX-License-Identifier: MIT
/// @file
/// A table of a world behind its face: records become rows, keys become fields, and allocations fail inside the calls.
#pragma once

#include "support/allocations.hpp"
#include "worlds/tables.hpp"

namespace holdfast::test::worlds {

/// Calls `fn`; the allocation number `nth` in it fails.
template <class Function> decltype(auto) with_failing_allocation(std::size_t nth, Function&& fn) {
    if (nth == 0) return fn();
    const fail_allocation failing(nth);
    return fn();
}

/// What a change without a result gives: that it was done.
template <class Function> result<void> as_result(Function&& fn) {
    if constexpr (std::is_void_v<decltype(fn())>) {
        fn();
        return {};
    } else {
        return fn();
    }
}

/// How the rows of a choice are read and written.
template <choice C> struct row_form {
    using types = schema<C>;
    using row = typename types::row;
    using first = typename types::first;
    using second = typename types::second;
    using self_type = typename types::self_type;
    static constexpr bool is_pair = types::is_pair;

    static first first_of(std::int64_t key) { return as_number<first>::make(is_pair ? key % 3 : key); }
    static second second_of(std::int64_t key) {
        if constexpr (is_pair)
            return as_number<second>::make(key / 3);
        else
            return {};
    }
    static std::int64_t number(const first& key, const second& part) {
        if constexpr (is_pair)
            return as_number<second>::number(part) * 3 + as_number<first>::number(key);
        else
            return as_number<first>::number(key);
    }
    static void put_self(row& to, const std::optional<std::int64_t>& self) {
        to.self.reset();
        to.self_part.reset();
        if (!self) return;
        if constexpr (types::self_by_tag) {
            to.self = *self;
        } else {
            to.self = first_of(*self);
            if constexpr (is_pair) to.self_part = second_of(*self);
        }
    }
    static std::optional<std::int64_t> self_of(const row& from) {
        if (!from.self) return {};
        if constexpr (types::self_by_tag)
            return *from.self;
        else if constexpr (is_pair)
            return number(*from.self, *from.self_part);
        else
            return number(*from.self, second());
    }
    static void put_parent(row& to, const std::optional<std::int64_t>& parent) {
        to.parent.reset();
        to.parent_part.reset();
        if (!parent) return;
        to.parent = first_of(*parent);
        if constexpr (is_pair) to.parent_part = second_of(*parent);
    }
    static std::optional<std::int64_t> parent_of(const row& from) {
        if (!from.parent) return {};
        if constexpr (is_pair)
            return number(*from.parent, *from.parent_part);
        else
            return number(*from.parent, second());
    }

    static void fill(row& to, const record& from) {
        to.key = first_of(from.key);
        to.part = second_of(from.key);
        put_parent(to, from.parent);
        put_self(to, from.self);
        to.serial = from.serial;
        to.text = from.text;
        to.tag = from.tag;
        to.level = from.level;
        to.gold = from.gold;
        to.kind = from.kind;
        to.price = as_number<decltype(to.price)>::make(from.price);
        to.extra = as_number<decltype(to.extra)>::make(from.extra);
        to.grade = from.grade;
        to.made = micros(std::chrono::microseconds(from.made));
        to.touched = micros(std::chrono::microseconds(from.touched));
    }
    static row make(const record& from) {
        row made;
        fill(made, from);
        return made;
    }
    static record read(const row& from) {
        return {number(from.key, from.part),
                parent_of(from),
                self_of(from),
                from.serial,
                from.text,
                from.tag,
                from.level,
                from.gold,
                from.kind,
                as_number<decltype(from.price)>::number(from.price),
                static_cast<std::int32_t>(as_number<decltype(from.extra)>::number(from.extra)),
                from.grade,
                from.made.time_since_epoch().count(),
                from.touched.time_since_epoch().count()};
    }
};

/// See the file's sentence. `failing` is the world's `failing_allocation`.
template <choice C, class Table, bool RefersToParents> class made_table final : public table_face {
    using form = row_form<C>;
    using types = schema<C>;
    using row = typename form::row;
    using handle = typename Table::handle;

public:
    made_table(Table& of, const std::size_t& failing) : table_(of), failing_(failing) {}

    std::optional<record> find(std::int64_t key) const override {
        const handle found = handle_of(key);
        return found.alive() ? std::optional<record>(form::read(*found)) : std::nullopt;
    }
    std::vector<record> rows() const override { return read_all(table_); }
    std::optional<record> find_by(const record& like) const override {
        handle found;
        if constexpr (C.unique == unique_kind::text)
            found = table_.template find_by<&row::text>(like.text);
        else if constexpr (C.unique == unique_kind::text_and_level)
            found = table_.template find_by<&row::text, &row::level>(like.text, like.level);
        else if constexpr (C.unique == unique_kind::tag)
            found = table_.template find_by<&row::tag>(like.tag);
        return found.alive() ? std::optional<record>(form::read(*found)) : std::nullopt;
    }
    std::optional<std::vector<record>> where(field by, const record& like) const override {
        [[maybe_unused]] const row with = form::make(like);
        if constexpr (RefersToParents)
            if (by == field::parent) {
                if constexpr (form::is_pair)
                    return read_all(
                        table_.template where<&row::parent, &row::parent_part>(with.parent, with.parent_part));
                else
                    return read_all(table_.template where<&row::parent>(with.parent));
            }
        if constexpr (C.self != self_kind::none)
            if (by == field::self) {
                if constexpr (form::is_pair && !types::self_by_tag)
                    return read_all(table_.template where<&row::self, &row::self_part>(with.self, with.self_part));
                else
                    return read_all(table_.template where<&row::self>(with.self));
            }
        if constexpr (types::hashed) {
            if (by == field::level) return read_all(table_.template where<&row::level>(with.level));
            if (by == field::kind) return read_all(table_.template where<&row::text, &row::kind>(with.text, with.kind));
        }
        return std::nullopt;
    }
    std::optional<std::vector<record>> ordered(field by, const span_of_rows& of) const override {
        if constexpr (types::sorted)
            if (by == field::level)
                return cut(table_.template ordered_by<&row::level>(), of, [](const record& at) { return at.level; });
        if constexpr (C.index == index_kind::both)
            if (by == field::text)
                return cut(table_.template ordered_by<&row::text, &row::level>(), of,
                           [](const record& at) { return std::string_view(at.text); });
        return std::nullopt;
    }

    result<record> insert(const record& from) override {
        const row made = form::make(from);
        const auto done = armed([&] { return table_.insert(made); });
        if (!done) return done.why();
        return form::read(**done);
    }
    result<void> erase(std::int64_t key) override {
        const auto first = form::first_of(key);
        const auto second = form::second_of(key);
        return armed([&]() -> result<void> {
            if constexpr (form::is_pair)
                return table_.erase(first, second);
            else
                return table_.erase(first);
        });
    }
    result<void> erase_row(std::int64_t key) override {
        const handle which = handle_of(key);
        return armed([&] { return table_.erase(which); });
    }
    result<void> set(std::int64_t key, field what, const record& to) override {
        switch (what) {
        case field::text: return set_keyed<&row::text>(key, to.text);
        case field::level: return set_keyed<&row::level>(key, to.level);
        case field::gold: return set_keyed<&row::gold>(key, to.gold);
        default: return set_keyed<&row::grade>(key, to.grade);
        }
    }
    result<void> set_row(std::int64_t key, field what, const record& to) override {
        const handle which = handle_of(key);
        const row with = form::make(to);
        switch (what) {
        case field::parent: return set_parent(which, with);
        case field::self: return set_self(which, with);
        case field::text: return set_in<&row::text>(which, with.text);
        case field::tag: return set_in<&row::tag>(which, with.tag);
        case field::level: return set_in<&row::level>(which, with.level);
        case field::gold: return set_in<&row::gold>(which, with.gold);
        case field::kind: return set_in<&row::kind>(which, with.kind);
        case field::price: return set_in<&row::price>(which, with.price);
        case field::extra: return set_in<&row::extra>(which, with.extra);
        case field::grade: return set_in<&row::grade>(which, with.grade);
        }
        return {};
    }
    result<void> add(std::int64_t key, field what, std::int64_t amount) override {
        const auto first = form::first_of(key);
        if constexpr (form::is_pair) {
            const auto second = form::second_of(key);
            const auto whole = holdfast::key(first, second);
            return armed([&] {
                return what == field::level ? table_.template add<&row::level>(whole, amount)
                                            : table_.template add<&row::gold>(whole, amount);
            });
        } else {
            return armed([&] {
                return what == field::level ? table_.template add<&row::level>(first, amount)
                                            : table_.template add<&row::gold>(first, amount);
            });
        }
    }
    result<void> update_some(std::int64_t key, const record& to) override {
        const handle which = handle_of(key);
        const row with = form::make(to);
        return armed([&] {
            return as_result([&] {
                return table_.template update<&row::text, &row::level, &row::self, &row::self_part>(
                    which, [&](std::string& text, std::int32_t& level, auto& self, auto& part) {
                        text = with.text;
                        level = with.level;
                        self = with.self;
                        part = with.self_part;
                    });
            });
        });
    }
    result<void> update_row(std::int64_t key, const record& to) override {
        const handle which = handle_of(key);
        const row with = form::make(to);
        return armed([&] { return table_.update(which, [&](row& copy) { copy = with; }); });
    }
    result<void> erase_while_updating(std::int64_t key) override {
        const handle which = handle_of(key);
        return armed([&] {
            return table_.update(which, [&](row& copy) {
                copy.gold ^= 1;
                return table_.erase(which);
            });
        });
    }
    result<std::size_t> update_where(const predicate& matches, field what, const record& to) override {
        const row with = form::make(to);
        const auto fits = [&](const row& at) { return matches(form::read(at)); };
        return armed([&] {
            if (what == field::level)
                return table_.template update_where<&row::level>(fits, [&](std::int32_t& at) { at = with.level; });
            return table_.update_where(fits, [&](row& at) {
                at.text = with.text;
                at.self = with.self;
                at.self_part = with.self_part;
                at.gold ^= 1;
            });
        });
    }
    result<std::size_t> erase_where(const predicate& matches) override {
        return armed([&] { return table_.erase_where([&](const row& at) { return matches(form::read(at)); }); });
    }

private:
    template <class Function> auto armed(Function&& fn) { return with_failing_allocation(failing_, fn); }

    template <class Range> static std::vector<record> read_all(const Range& range) {
        std::vector<record> all;
        for (const handle at : range) all.push_back(form::read(*at));
        return all;
    }
    template <class Range, class Bound>
    static std::vector<record> cut(Range range, const span_of_rows& of, const Bound& bound) {
        const bool open = of.are == span_of_rows::ends::open;
        if (of.from) range = open ? range.above(bound(*of.from)) : range.from(bound(*of.from));
        if (of.to) range = open ? range.below(bound(*of.to)) : range.up_to(bound(*of.to));
        return read_all(of.goes == span_of_rows::direction::up ? range : range.descending());
    }

    handle handle_of(std::int64_t key) const {
        if constexpr (form::is_pair)
            return table_.find(form::first_of(key), form::second_of(key));
        else
            return table_.find(form::first_of(key));
    }
    template <auto Member, class Value> result<void> set_keyed(std::int64_t key, const Value& value) {
        const auto first = form::first_of(key);
        if constexpr (form::is_pair) {
            const auto second = form::second_of(key);
            const auto whole = holdfast::key(first, second);
            return armed([&] { return table_.template set<Member>(whole, value); });
        } else {
            return armed([&] { return table_.template set<Member>(first, value); });
        }
    }
    template <auto Member, class Value> result<void> set_in(handle which, const Value& value) {
        return armed([&] { return as_result([&] { return table_.template set<Member>(which, value); }); });
    }
    /// References of two fields change together, by `update`.
    template <auto One, auto Two, class First, class Second>
    result<void> set_two(handle which, const First& one, const Second& two) {
        return armed([&] {
            return as_result([&] {
                return table_.template update<One, Two>(which, [&](First& a, Second& b) {
                    a = one;
                    b = two;
                });
            });
        });
    }
    result<void> set_parent(handle which, const row& with) {
        if constexpr (form::is_pair)
            return set_two<&row::parent, &row::parent_part>(which, with.parent, with.parent_part);
        else
            return set_in<&row::parent>(which, with.parent);
    }
    result<void> set_self(handle which, const row& with) {
        if constexpr (form::is_pair && !types::self_by_tag)
            return set_two<&row::self, &row::self_part>(which, with.self, with.self_part);
        else
            return set_in<&row::self>(which, with.self);
    }

    Table& table_;
    const std::size_t& failing_;
};

} // namespace holdfast::test::worlds
