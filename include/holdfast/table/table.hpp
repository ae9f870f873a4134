// SPDX-License-Identifier: MIT
/// @file
/// A table of plain structs: found by key, changed through the table, every index true at every moment.
#pragma once

#include <holdfast/table/key_argument.hpp>
#include <holdfast/table/parameter.hpp>
#include <holdfast/table/row.hpp>
#include <holdfast/table/row_range.hpp>
#include <holdfast/table/stored_key.hpp>
#include <holdfast/table/table_base.hpp>
#include <holdfast/table/table_parts.hpp>

#include <tuple>

namespace holdfast {
namespace detail {
struct table_access;
} // namespace detail

/// Rows of the aggregate `Row`, described by options (see holdfast/table/options.hpp).
///
/// Reading gives handles (`row<Row>`) and const access only; every change goes through the table, is
/// checked first, and is refused whole or done whole. What can be refused returns a result; what cannot
/// returns nothing. Row addresses stay valid until the row is erased.
///
/// Threads: one at a time; the one that edits the world.
template <class Row, class... Options> class table : private table_base {
    static_assert(detail::check_row<Row>() || true); // what is wrong was said inside
    static_assert(std::is_nothrow_move_constructible_v<Row>, "[holdfast] a row must be movable without throwing");
    static_assert(alignof(Row) <= 64, "[holdfast] a row may be aligned to 64 bytes at most");

    using keys = detail::key_set<Row, Options...>;
    static_assert(detail::check_keys<Row, Options...>());
    static_assert(keys::all.count <= 64, "[holdfast] a table has at most 64 indexes");

    using made_of = detail::table_parts<Row, Options...>;
    template <std::size_t Index> using index_at = typename made_of::template index_at<Index>;

    template <class Path, class Predicate> static consteval bool any_column(Predicate is) {
        for (std::size_t c = 0; c < path_columns<Path>; ++c)
            if (is(first_column<Path> + c)) return true;
        return false;
    }
    template <class Path>
    static constexpr bool refusable = any_column<Path>([](std::size_t c) { return keys::refusable(c); });
    template <class Path>
    static constexpr bool plain =
        stored_field<typename Path::field> && !refusable<Path> && !keys::in_index(first_column<Path>);
    template <class... Paths> using change_result = std::conditional_t<(refusable<Paths> || ...), result<void>, void>;

    template <class Path> static consteval bool check_path() {
        static_assert(
            std::is_same_v<typename Path::root, Row>,
            "[holdfast] this member belongs to another struct than the table's rows; one inside a nested struct "
            "is named by its path");
        static_assert(!any_column<Path>([](std::size_t c) { return keys::in_primary_key(c); }),
                      "[holdfast] a primary key does not change: erase the row and insert another");
        static_assert(!any_column<Path>([](std::size_t c) { return ((detail::gives_id<Options>::to(c)) || ...); }),
                      "[holdfast] a field with auto_id does not change: erase the row and insert another");
        return true;
    }

public:
    using row_type = Row;
    using handle = row<Row>;
    using iterator = table_iterator<Row>;

    table() : table_base(made_of::describe(), &made_of::make_indexes) {}

    [[nodiscard]] std::size_t size() const noexcept { return slots_.live(); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] iterator begin() const noexcept { return iterator(slots_); }
    [[nodiscard]] iterator end() const noexcept { return iterator(); }

    /// The row with this primary key, or an empty handle. A key of several fields is given part by part.
    /// Cost: one hash, one probe.
    template <class... Parts> [[nodiscard]] handle find(const Parts&... parts) const noexcept {
        return find_in<0>(parts...);
    }
    template <class... Parts> [[nodiscard]] bool contains(const Parts&... parts) const noexcept {
        return find_in<0>(parts...).alive();
    }

    /// The row whose unique field (or fields) `Members` has this value, or an empty handle.
    template <auto... Members, class... Parts> [[nodiscard]] handle find_by(const Parts&... parts) const noexcept {
        constexpr std::size_t index = keys::find(detail::columns_of<index_description::role::index, Members...>());
        static_assert(index != keys::npos && keys::all.keys[index].role <= index_description::role::unique,
                      "[holdfast] find_by: this field is not unique: add hf::unique<...> to the table, or use where()");
        return find_in<index>(parts...);
    }

    /// The rows whose indexed field (or fields) `Members` has this value.
    template <auto... Members, class... Parts>
    [[nodiscard]] row_range<Row> where(const Parts&... parts) const noexcept {
        constexpr std::size_t index = keys::find(detail::columns_of<index_description::role::index, Members...>());
        static_assert(index != keys::npos,
                      "[holdfast] where: no index on this field: add hf::index<...> to the table, or "
                      "walk all rows with a condition");
        return row_range<Row>(indexes_[index].get(), slot_in<index>(parts...), slots_.mark());
    }

    /// Adds a row. With `auto_id` a 0 in that field gets the next free number.
    ///
    /// Errors: `taken` (a key or unique value), `full` (capacity), `refused` (a limit), `reference` (a row
    ///         that is not there). Durable: with the commit of this tick.
    result<handle> insert(Row value) {
        auto taken = begin_insert(&value);
        if (!taken) return taken.why();
        auto* where = static_cast<slot<Row>*>(*taken);
        ::new (static_cast<void*>(&where->row)) Row(std::move(value));
        finish_insert(where);
        return handle(where, slots_.mark());
    }

    /// Erases the row, and with it those that refer to it by `on_delete::cascade`.
    ///
    /// Errors: `not_found`, `reference` (a row refers to it, or to one of those, by `restrict`).
    result<void> erase(handle which) {
        if (!which.alive()) return gone();
        require_own(which);
        return table_base::erase(which.slot_);
    }
    template <class... Parts>
        requires(sizeof...(Parts) > 0 && !(std::is_same_v<Parts, handle> || ...))
    result<void> erase(const Parts&... key) {
        const handle which = find(key...);
        if (!which.alive()) return not_there(key...);
        return table_base::erase(which.slot_);
    }

    /// Sets one field: `set<&character::level>(row, 2)`, `set<&character::pos, &position::x>(row, 1.5)`.
    /// Returns nothing when no constraint names the field; otherwise a result: `taken`, `refused` or
    /// `reference`, and nothing changed.
    ///
    /// Cost: for a field without index and constraint a store and a copy of some 20 bytes.
    template <auto... Steps>
    auto set(handle which, detail::parameter_t<typename path_through<Steps...>::field> value)
        -> change_result<path_through<Steps...>> {
        using target = path_through<Steps...>;
        static_assert(check_path<target>());
        require_alive(which);
        if constexpr (plain<target>) {
            set_plain<target>(*which.slot_, value);
        } else {
            typename target::field copy(value);
            return change<target>(which, std::tie(copy));
        }
    }
    /// Sets one field of the row with this key. Also `not_found`.
    template <auto... Steps, class Key>
        requires(!std::is_same_v<Key, handle>)
    result<void> set(const Key& key, detail::parameter_t<typename path_through<Steps...>::field> value) {
        const handle which = find(key);
        if (!which.alive()) return not_there(key);
        if constexpr (refusable<path_through<Steps...>>) {
            return set<Steps...>(which, value);
        } else {
            set<Steps...>(which, value);
            return {};
        }
    }

    /// Handles of all rows, to erase or change while walking over them.
    [[nodiscard]] std::vector<handle> collect() const { return {begin(), end()}; }

    /// Adds to a number. `refused` when the sum does not fit the field or a limit says no.
    template <auto... Steps> result<void> add(handle which, std::int64_t amount) {
        using target = path_through<Steps...>;
        static_assert(check_path<target>());
        static_assert(std::is_integral_v<typename target::field> && !std::is_same_v<typename target::field, bool>,
                      "[holdfast] add: the field must be an integer");
        require_alive(which);
        typename target::field sum{};
        if (__builtin_add_overflow(target::in(which.slot_->row), amount, &sum))
            return error{errc::refused, describe_row(&which.slot_->row) + ": " +
                                            description_.column_name(first_column<target>) + " plus " +
                                            std::to_string(amount) + " does not fit its type"};
        if constexpr (refusable<target>) {
            return set<Steps...>(which, sum);
        } else {
            set<Steps...>(which, sum);
            return {};
        }
    }
    template <auto... Steps, class Key>
        requires(!std::is_same_v<Key, handle>)
    result<void> add(const Key& key, std::int64_t amount) {
        const handle which = find(key);
        if (!which.alive()) return not_there(key);
        return add<Steps...>(which, amount);
    }

    /// Changes the named fields together: `fn` gets a copy of each by reference, and what it leaves in
    /// them is checked and taken as one change. When `fn` throws, or returns an error (it may return a
    /// `result<void>`), nothing has changed. Gives a result when `fn` does, or when a field has a constraint.
    ///
    /// Errors: as `set` of each; `busy` when `fn` changes or erases this very row through the table.
    template <auto... Members, class Function>
        requires(sizeof...(Members) > 0)
    auto update(handle which, Function&& fn) {
        static_assert((check_path<path_of<Members>>() && ...));
        using outcome = std::invoke_result_t<Function, typename path_of<Members>::field&...>;
        static_assert(std::is_void_v<outcome> || std::is_same_v<outcome, result<void>>,
                      "[holdfast] update: the function returns nothing, or a holdfast::result<void> to refuse");
        static_assert(
            !std::is_invocable_v<Function, typename path_of<Members>::field&&...>,
            "[holdfast] update: take the fields by reference, as in [](std::int64_t& gold), or the change is lost");
        using answer =
            std::conditional_t<(refusable<path_of<Members>> || ...) || !std::is_void_v<outcome>, result<void>, void>;
        require_alive(which);
        std::tuple<typename path_of<Members>::field...> copies(path_of<Members>::in(which.slot_->row)...);
        if constexpr (std::is_void_v<outcome>) {
            const updating now(*this, which.slot_);
            std::apply(std::forward<Function>(fn), copies);
        } else {
            const updating now(*this, which.slot_);
            if (auto ok = std::apply(std::forward<Function>(fn), copies); !ok) return ok;
        }
        if constexpr (std::is_void_v<answer> || (refusable<path_of<Members>> || ...)) {
            return change<path_of<Members>...>(which, copies);
        } else {
            change<path_of<Members>...>(which, copies);
            return result<void>();
        }
    }

    /// Changes any fields: `fn` gets a copy of the whole row by reference, which is compared afterwards.
    /// Also `refused` when the primary key, or a field with auto_id, changed. Cost: a copy and a comparison
    /// of the row.
    template <class Function> result<void> update(handle which, Function&& fn) {
        using outcome = std::invoke_result_t<Function, Row&>;
        static_assert(std::is_void_v<outcome> || std::is_same_v<outcome, result<void>>,
                      "[holdfast] update: the function returns nothing, or a holdfast::result<void> to refuse");
        static_assert(!std::is_invocable_v<Function, Row&&>,
                      "[holdfast] update: take the row by reference, as in [](character& c), or the change is lost");
        require_alive(which);
        Row copy = which.slot_->row;
        if constexpr (std::is_void_v<outcome>) {
            const updating now(*this, which.slot_);
            std::forward<Function>(fn)(copy);
        } else {
            const updating now(*this, which.slot_);
            if (auto ok = std::forward<Function>(fn)(copy); !ok) return ok;
        }
        return take_over(which, copy);
    }
    /// Both of the row with this key. Also `not_found`.
    template <auto... Members, class Key, class Function>
        requires(!std::is_same_v<Key, handle>)
    result<void> update(const Key& key, Function&& fn) {
        const handle which = find(key);
        if (!which.alive()) return not_there(key);
        if constexpr (std::is_void_v<decltype(update<Members...>(which, std::forward<Function>(fn)))>) {
            update<Members...>(which, std::forward<Function>(fn));
            return {};
        } else {
            return update<Members...>(which, std::forward<Function>(fn));
        }
    }

private:
    friend struct detail::table_access;

    result<void> take_over(handle which, Row& copy) {
        std::array<field_change, row_columns<Row>> changes;
        for (std::size_t c = 0; c < changes.size(); ++c)
            changes[c] = {static_cast<std::uint8_t>(c), description_.row->columns[c].in(&copy)};
        const std::size_t count = drop_unchanged(which.slot_, changes.data(), changes.size());
        for (std::size_t c = 0; c < count; ++c)
            if (keys::in_primary_key(changes[c].column) || (detail::gives_id<Options>::to(changes[c].column) || ...))
                return error{errc::refused, describe_row(&which.slot_->row) + ": its " +
                                                description_.column_name(changes[c].column) +
                                                " does not change: erase the row and insert another"};
        if (count == 0) return {};
        if (auto ok = check_change(which.slot_, changes.data(), count); !ok) return ok;
        apply_change(which.slot_, changes.data(), count);
        return {};
    }

    [[nodiscard]] error gone() const {
        return {errc::not_found, description_.name + ": the row is not there (any more)"};
    }

    template <class... Parts> [[nodiscard]] error not_there(const Parts&... key) const {
        return detail::not_there(description_, {detail::key_cell(key)...});
    }

    void require_alive(const handle& which) const noexcept {
        HOLDFAST_REQUIRE(which.alive(),
                         "a change through a handle that is empty or whose row was erased: test alive() first");
        require_own(which);
    }
    void require_own(const handle& which) const noexcept {
        HOLDFAST_REQUIRE(which.table_ == slots_.mark(),
                         "a handle of another table: change a row through its own table");
    }

    void require_not_updating(const void* slot) const noexcept {
        HOLDFAST_REQUIRE(updating_ == nullptr || !is_updating(slot),
                         "a change of a row inside its own update(): change the field in the function");
    }

    template <std::size_t Index, class... Parts>
    [[nodiscard]] slot<Row>* slot_in(const Parts&... parts) const noexcept {
        const auto& index = static_cast<const index_at<Index>&>(*indexes_[Index]);
        return static_cast<slot<Row>*>(find_slot(index, parts...));
    }
    template <std::size_t Index, class... Parts> [[nodiscard]] handle find_in(const Parts&... parts) const noexcept {
        return handle(slot_in<Index>(parts...), slots_.mark());
    }
    template <class... Fields, class... Parts>
    [[nodiscard]] static void* find_slot(const key_index<Fields...>& index, const Parts&... parts) noexcept {
        static_assert(sizeof...(Fields) == sizeof...(Parts), "[holdfast] a key of several fields is looked up with one "
                                                             "argument for each");
        static_assert(
            (detail::key_argument<Fields, Parts> && ...),
            "[holdfast] this value cannot be the key: pass the key field's type; a handle goes to set, add and "
            "erase directly, and a result is tested first");
        if ((!detail::key_fits<Fields>(parts) || ...)) return nullptr; // no row has a key that its field cannot hold
        return index.find(key_probe<Fields...>(key_view<Fields...>(detail::key_view_of<Fields>(parts)...)));
    }

    template <class Path> void set_plain(slot<Row>& where, detail::parameter_t<typename Path::field> value) {
        using field_type = typename Path::field;
        field_type& field = Path::in(where.row);
        require_not_updating(&where);
        if constexpr (std::is_same_v<field_type, std::string>) {
            if (field == value) return;
        } else {
            if (detail::same_field(field, value)) return;
        }
        if (session_ == nullptr) {
            assign(field, value);
            return;
        }
        if (session_->transactions != 0) [[unlikely]] {
            field_type copy(value);
            field_change one{static_cast<std::uint8_t>(first_column<Path>), &copy};
            return apply_change(&where, &one, 1);
        }
        using key = detail::stored_key<typename made_of::primary_key_option>;
        write_cursor& log = session_->log;
        log.reserve(op_header_bytes + key::max_bytes(where.row) + value_bytes<field_type>(value));
        assign(field, value);
        std::byte* at = put_op_header(log.at, op_kind::set, static_cast<std::uint8_t>(first_column<Path>), number_);
        at = key::put(at, where.row);
        log.at = put_cell(at, codec<field_type>::get(field));
    }

    template <class Field, class Value> static void assign(Field& field, const Value& value) {
        if constexpr (std::is_same_v<Field, std::string>)
            field.assign(value);
        else
            field = value;
    }
    template <class Field, class Value> static std::size_t value_bytes(const Value& value) noexcept {
        if constexpr (std::is_same_v<Field, std::string>)
            return 1 + bytes::max_varint_bytes + value.size();
        else
            return max_stored_bytes(codec<Field>::get(value));
    }

    /// The slow, general way: any fields, each with the value in `values`, as one change.
    template <class... Paths, class Tuple> auto change(handle which, Tuple&& values) -> change_result<Paths...> {
        std::array<field_change, (std::size_t{0} + ... + path_columns<Paths>)> changes;
        std::size_t count = 0;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (list_changes<Paths>(which.slot_->row, std::get<I>(values), changes.data(), count), ...);
        }(std::index_sequence_for<Paths...>{});
        count = drop_unchanged(which.slot_, changes.data(), count);
        if constexpr ((refusable<Paths> || ...)) {
            if (count == 0) return {};
            if (auto ok = check_change(which.slot_, changes.data(), count); !ok) return ok;
            apply_change(which.slot_, changes.data(), count);
            return {};
        } else {
            require_not_updating(which.slot_);
            if (count != 0) apply_change(which.slot_, changes.data(), count);
        }
    }
    template <class Path>
    void list_changes(const Row& row, typename Path::field& value, field_change* changes,
                      std::size_t& count) const noexcept {
        const auto* start = reinterpret_cast<const std::byte*>(&row);
        const auto* field = reinterpret_cast<const std::byte*>(std::addressof(Path::in(row)));
        for (std::size_t c = first_column<Path>; c < first_column<Path> + path_columns<Path>; ++c) {
            const std::ptrdiff_t inside = start + description_.row->columns[c].offset - field;
            changes[count++] = {static_cast<std::uint8_t>(c),
                                reinterpret_cast<std::byte*>(std::addressof(value)) + inside};
        }
    }
};

} // namespace holdfast
