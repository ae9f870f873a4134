// SPDX-License-Identifier: MIT
/// @file
/// A table of plain structs: found by key, changed through the table, every index true at every moment.
#pragma once

#include <holdfast/table/table_core.hpp>

namespace holdfast {

/// Rows of the aggregate `Row`, described by options (see holdfast/table/options.hpp).
///
/// Reading gives handles (`row<Row>`) and const access only; every change goes through the table, is
/// checked first, and is refused whole or done whole. What can be refused returns a result; what cannot
/// returns nothing. Row addresses stay valid until the row is erased.
///
/// Threads: one at a time; the one that edits the world.
template <class Row, class... Options> class table final : private detail::table_core<Row, Options...> {
    using core = detail::table_core<Row, Options...>;
    using keys = typename core::keys;
    using core::slots_;

    using core::begin_insert, core::finish_insert, core::find_row, core::not_there, core::gone, core::require_alive;
    using core::require_own, core::indexes_;

public:
    /// The struct.
    using row_type = Row;
    /// What leads to a row.
    using handle = row<Row>;
    /// Of a walk over all rows.
    using iterator = table_iterator<Row>;

    table() = default;

    /// How many rows there are.
    [[nodiscard]] std::size_t size() const noexcept { return slots_.live(); }
    /// Whether there is none.
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// The first row, in no order that means something; docs/tables.md says what may be done during a walk.
    [[nodiscard]] iterator begin() const noexcept { return iterator(slots_); }
    /// Behind the last one.
    [[nodiscard]] iterator end() const noexcept { return iterator(); }

    // --- searches ------------------------------------------------------------------------------------

    /// The row with this primary key, or an empty handle. A key of several fields is given part by part.
    /// Cost: one hash, one probe.
    template <class... Parts> [[nodiscard, gnu::always_inline]] handle find(const Parts&... parts) const noexcept {
        return find_row(parts...);
    }
    /// Whether there is a row with this key. Cost: as `find`.
    template <class... Parts> [[nodiscard]] bool contains(const Parts&... parts) const noexcept {
        return find_row(parts...).alive();
    }

    /// The row whose unique field (or fields) `Members` has this value, or an empty handle.
    template <auto... Members, class... Parts>
    [[nodiscard, gnu::always_inline]] handle find_by(const Parts&... parts) const noexcept {
        if constexpr (core::template check_search<Members...>()) {
            constexpr std::size_t index = keys::find(detail::columns_of<index_description::role::index, Members...>());
            constexpr bool unique =
                index != keys::npos && keys::all.keys[index].role <= index_description::role::unique;
            static_assert(
                unique,
                "[holdfast] find_by: this field is not unique: add hf::unique<...> to the table, or use where()");
            if constexpr (unique) return core::template find_in<index>(parts...);
        }
        return {};
    }

    /// The rows whose indexed field (or fields) `Members` has this value.
    ///
    /// Cost: a find, then a step from row to row, each of which waits for memory when the rows are not in a cache: some
    ///       200 ns a row in a table of a million.
    template <auto... Members, class... Parts>
    [[nodiscard]] row_range<Row> where(const Parts&... parts) const noexcept {
        if constexpr (core::template check_search<Members...>()) {
            constexpr std::size_t index = keys::find(detail::columns_of<index_description::role::index, Members...>());
            static_assert(index != keys::npos,
                          "[holdfast] where: no index on this field: add hf::index<...> to the table, or "
                          "walk all rows with a condition");
            if constexpr (index != keys::npos)
                return row_range<Row>(indexes_[index].get(), core::template slot_in<index>(parts...), slots_.mark());
        }
        return row_range<Row>(nullptr, nullptr, 0);
    }

    /// All rows in the order of the field (or fields) `Members`, to be cut at values: see `ordered_range`.
    ///
    /// Cost: nothing; of cutting at a value a search in a tree, of a step the next node of it.
    template <auto... Members> [[nodiscard]] auto ordered_by() const noexcept {
        if constexpr (core::template check_search<Members...>()) {
            constexpr std::size_t index =
                keys::find(detail::columns_of<index_description::role::ordered, Members...>());
            static_assert(index != keys::npos,
                          "[holdfast] ordered_by: no ordered index on this field: add hf::ordered<...> to the table");
            if constexpr (index != keys::npos) {
                using index_type = typename core::template index_at<index>;
                return ordered_range<Row, index_type>(static_cast<const index_type&>(*indexes_[index]), slots_.mark());
            }
        }
    }

    /// Handles of all rows, to erase or change while walking over them.
    [[nodiscard]] std::vector<handle> collect() const { return {begin(), end()}; }

    // --- rows come and go ----------------------------------------------------------------------------

    /// Adds a row. With `auto_id` a 0 in that field gets the next free number.
    ///
    /// Errors: `taken` (a key or unique value), `full` (capacity; no id is left), `refused` (a limit or a check),
    ///         `reference` (a row that is not there). `std::bad_alloc`, as of every change: nothing has changed then.
    /// Durable: with the commit of this tick.
    /// Cost: 0.2 to 1 microseconds and an index's share for each index; no insert moves a whole index.
    result<handle> insert(Row value) {
        static_assert(core::check_writable());
        auto taken = begin_insert(&value);
        if (!taken) return taken.why();
        auto* where = static_cast<slot<Row>*>(*taken);
        ::new (static_cast<void*>(&where->row)) Row(std::move(value));
        finish_insert(where);
        return handle(where, slots_.mark());
    }

    /// Erases the row, and with it those that refer to it by `on_delete::cascade`.
    ///
    /// Errors: `not_found`, `reference` (a row refers to it, or to one of those, by `restrict`), `refused` (a reference
    ///         that would be emptied is checked), `busy` (inside its own update).
    result<void> erase(handle which) {
        static_assert(core::check_writable());
        if (!which.alive()) return gone();
        require_own(which);
        return table_base::erase(which.slot_);
    }
    /// The same by key. Errors: also `not_found`.
    template <class... Parts>
        requires(sizeof...(Parts) > 0 && !(std::is_same_v<Parts, handle> || ...))
    result<void> erase(const Parts&... key) {
        const handle which = find(key...);
        if (!which.alive()) return not_there(key...);
        return erase(which);
    }

    /// Erases every row for which `matches(const Row&)` is true: all of them, or none. How many.
    ///
    /// Errors: as `erase` of each. Cost: a look at every row of the table.
    template <class Predicate> result<std::size_t> erase_where(Predicate&& matches) {
        static_assert(std::is_invocable_r_v<bool, Predicate&, const Row&>,
                      "[holdfast] erase_where: the function takes a const row and returns a bool");
        return core::for_each_matching(matches, [&](handle which) { return erase(which); });
    }

    // --- changes -------------------------------------------------------------------------------------

    /// Sets one field: `set<&character::level>(row, 2)`, `set<&character::pos, &position::x>(row, 1.5)`.
    /// Returns nothing when no constraint names the field; otherwise a result: `taken`, `refused`, `reference` or
    /// `busy` (inside the row's own update), and nothing changed.
    ///
    /// Durable: with the commit of this tick.
    /// Cost: for a field without index and constraint a store and a copy of some 20 bytes.
    template <auto... Steps>
    auto set(handle which, detail::parameter_t<typename path_through<Steps...>::field> value) ->
        typename core::template change_result<path_through<Steps...>> {
        using target = path_through<Steps...>;
        static_assert(core::template check_path<target>());
        require_alive(which);
        if constexpr (!core::sound) {
            return typename core::template change_result<target>(); // refused: nothing more to say
        } else if constexpr (core::template plain<target>) {
            core::template set_plain<target>(*which.slot_, value);
        } else {
            typename target::field copy(value);
            return core::template change<target>(which, std::tie(copy));
        }
    }
    /// Sets one field in a phase in which several threads edit, each through a lane of its own: see `store::lanes`. The
    /// field is in no key, index, reference, limit or check, and the table has no `updated_at`.
    /// Threads: the lane's. The row is another lane's at no time of the phase, not even to be read.
    template <auto... Steps>
    void set(lane& by, handle which, detail::parameter_t<typename path_through<Steps...>::field> value) {
        using target = path_through<Steps...>;
        static_assert(core::template check_path<target>());
        if constexpr (core::sound) {
            constexpr bool fits = core::template for_lanes<target>;
            constexpr bool said = core::template unchangeable<target>;
            static_assert(fits || said, "[holdfast] a lane sets fields that no key, index, constraint or updated_at is "
                                        "concerned with: everything else is changed when the lanes are joined");
            if constexpr (fits) {
                require_alive(which);
                HOLDFAST_REQUIRE(core::session_ != nullptr && by.session() == core::session_,
                                 "a lane of another store, or of a phase that is over");
                typename target::field copy(value);
                using key = detail::stored_key<typename core::made_of::template option_at<0>>;
                detail::set_through<typename core::made_of, key, target>(by, *this, core::number_, *which.slot_, copy);
            }
        }
    }
    /// Sets one field of the row with this key; a key of several fields is `hf::key(a, b)`. Also `not_found`.
    template <auto... Steps, class Key>
        requires(!std::is_same_v<Key, handle>)
    result<void> set(const Key& key, detail::parameter_t<typename path_through<Steps...>::field> value) {
        const handle which = find(key);
        if (!which.alive()) return not_there(key);
        if constexpr (core::template refusable<path_through<Steps...>>) {
            return set<Steps...>(which, value);
        } else {
            set<Steps...>(which, value);
            return {};
        }
    }

    /// Adds to a number. `refused` when the sum does not fit the field or a limit says no; otherwise as `set`.
    template <auto... Steps> result<void> add(handle which, std::int64_t amount) {
        using target = path_through<Steps...>;
        static_assert(core::template check_path<target>());
        constexpr bool own = core::template is_own<target>;
        constexpr bool number =
            std::is_integral_v<typename target::field> && !std::is_same_v<typename target::field, bool>;
        static_assert(number || !own, "[holdfast] add: the field must be an integer");
        if constexpr (number && own) {
            require_alive(which);
            typename target::field sum{};
            if (__builtin_add_overflow(target::in(which.slot_->row), amount, &sum))
                return core::does_not_fit(which, first_column<target>, amount);
            if constexpr (core::template refusable<target>)
                return set<Steps...>(which, sum);
            else
                set<Steps...>(which, sum);
        }
        return {};
    }
    /// The same by key. Errors: also `not_found`.
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
        static_assert((core::template check_path<path_of<Members>>() && ...));
        require_alive(which);
        return core::template update_fields<path_of<Members>...>(which, fn);
    }
    /// Changes any fields: `fn` gets a copy of the whole row by reference, which is compared afterwards.
    /// Also `refused` when the primary key, or a field that the table keeps itself, changed. Cost: a copy and a
    /// comparison of the row.
    template <class Function> result<void> update(handle which, Function&& fn) {
        static_assert(core::check_writable());
        require_alive(which);
        return core::update_row(which, fn);
    }
    /// Both of the row with this key. Also `not_found`.
    template <auto... Members, class Key, class Function>
        requires(!std::is_same_v<Key, handle>)
    result<void> update(const Key& key, Function&& fn) {
        const handle which = find(key);
        if (!which.alive()) return not_there(key);
        return core::as_result([&] { return update<Members...>(which, std::forward<Function>(fn)); });
    }

    /// `update` of every row for which `matches(const Row&)` is true: all of them, or none. How many. A row that comes to
    /// match meanwhile is not looked at again.
    ///
    /// Errors: as `update` of each. Cost: a look at every row of the table.
    template <auto... Members, class Predicate, class Function>
    result<std::size_t> update_where(Predicate&& matches, Function&& fn) {
        static_assert(std::is_invocable_r_v<bool, Predicate&, const Row&>,
                      "[holdfast] update_where: the first function takes a const row and returns a bool");
        return core::for_each_matching(
            matches, [&](handle which) { return core::as_result([&] { return update<Members...>(which, fn); }); });
    }

private:
    friend struct detail::table_access;
    static constexpr bool has_deferred = core::made_of::has_deferred;
    static constexpr bool is_read_only = core::made_of::is_read_only;
    static constexpr bool is_sound = core::sound;
};

} // namespace holdfast
