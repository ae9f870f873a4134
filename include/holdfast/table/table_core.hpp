// SPDX-License-Identifier: MIT
/// @file
/// What a table's operations are made of: which fields a search and a change may name, and how a change is made.
#pragma once

#include <holdfast/reflect/parameter.hpp>
#include <holdfast/table/borrowed_session.hpp>
#include <holdfast/table/key_argument.hpp>
#include <holdfast/table/lane.hpp>
#include <holdfast/table/ordered_range.hpp>
#include <holdfast/table/quick_change.hpp>
#include <holdfast/table/row.hpp>
#include <holdfast/table/row_range.hpp>
#include <holdfast/table/stored_key.hpp>
#include <holdfast/table/table_parts.hpp>
#include <holdfast/track/scope.hpp>

#include <tuple>

namespace holdfast {
namespace detail {

struct table_access;

/// See the file's sentence; `table` is what people use of it.
template <class Row, class... Options> class table_core : protected table_base {
protected:
    using made_of = table_parts<Row, Options...>;
    using keys = key_set<Row, Options...>;
    using handle = row<Row>;
    static constexpr bool sound = detail::check_row<Row, typename made_of::exemptions>() &&
                                  check_keys<Row, Options...>(); // else it was said inside
    static_assert(sound || true);                                // asks now, before anything else is said
    static_assert(std::is_nothrow_move_constructible_v<Row>, "[holdfast] a row must be movable without throwing");
    static_assert(alignof(Row) <= 64, "[holdfast] a row may be aligned to 64 bytes at most");
    static_assert(check_column_names<Row, Options...>());
    static_assert(keys::all.count <= 64, "[holdfast] a table has at most 64 indexes");
    static_assert(keys::references <= 64, "[holdfast] a table has at most 64 references");

    template <std::size_t Index> using index_at = typename made_of::template index_at<Index>;

    template <class Path, class Predicate> static consteval bool any_column(Predicate is) {
        for (std::size_t c = 0; c < path_columns<Path>; ++c)
            if (is(first_column<Path> + c)) return true;
        return false;
    }
    template <class Path>
    static constexpr bool refusable = any_column<Path>([](std::size_t c) { return keys::refusable(c); });
    static constexpr bool touched_key = [] {
        for (std::size_t c = 0; c < row_columns<Row>; ++c)
            if (keys::in_primary_key(c) && made_of::touches(c)) return true;
        return false;
    }();
    template <class Path>
    static constexpr bool plain =
        (stored_field<typename Path::field> || made_of::unstored(first_column<Path>)) && path_columns<Path> == 1 &&
        !refusable<Path> && !keys::in_index(first_column<Path>) && !made_of::touches(first_column<Path>) &&
        !touched_key; // the quick way knows the key's fields, not how an option stores them
    /// What `change_and_log` takes: several columns, and each as plain.
    template <class Path>
    static constexpr bool quick =
        is_quick<typename Path::field>() && !refusable<Path> && !touched_key && !any_column<Path>([](std::size_t c) {
            return keys::in_index(c) || made_of::touches(c) || made_of::unstored(c) || made_of::later(c) ||
                   made_of::covered[c];
        });
    template <class Path>
    static constexpr bool unchangeable = any_column<Path>(
        [](std::size_t c) { return keys::in_primary_key(c) || made_of::gives_id(c) || made_of::keeps(c); });
    /// What a lane may set: no other thread looks at anything that it changes.
    template <class Path>
    static constexpr bool for_lanes =
        is_quick<typename Path::field>() && !refusable<Path> && !touched_key && !any_column<Path>([](std::size_t c) {
            return keys::in_index(c) || made_of::touches(c) || made_of::covered[c];
        });
    template <class... Paths> using change_result = std::conditional_t<(refusable<Paths> || ...), result<void>, void>;

    template <class Path> static constexpr bool is_own = std::is_same_v<typename Path::root, Row>;
    template <class Path> static consteval bool check_path() {
        static_assert(is_own<Path>,
                      "[holdfast] this member belongs to another struct than the table's rows; one inside a nested "
                      "struct is named by its path, as in <&character::pos, &position::x>");
        if constexpr (is_own<Path>) {
            constexpr bool key = any_column<Path>([](std::size_t c) { return keys::in_primary_key(c); });
            constexpr bool id = any_column<Path>([](std::size_t c) { return made_of::gives_id(c); });
            static_assert(!key, "[holdfast] a primary key does not change: erase the row and insert another");
            static_assert(key || !id, "[holdfast] a field with auto_id does not change: erase the row and insert "
                                      "another");
            constexpr bool kept = any_column<Path>([](std::size_t c) { return made_of::keeps(c); });
            static_assert(key || id || !kept,
                          "[holdfast] a field with created_at or updated_at is kept by the table: nobody else changes "
                          "it");
            static_assert(!(option_of<Row, Options>::template hides<Path>() || ...),
                          "[holdfast] this field is inside a JSON column: change the column as a whole, with "
                          "update<&row::column>(row, [](auto& value) { ... })");
            return check_writable();
        }
        return true;
    }
    /// Refuses a search by members of another struct; whether to go on.
    template <auto... Members> static consteval bool check_search() {
        constexpr bool own = (is_own<path_of<Members>> && ...);
        static_assert(own, "[holdfast] this member belongs to another struct than the table's rows; one inside a "
                           "nested struct is named by its path, as in hf::at<&character::pos, &position::x>");
        constexpr bool plain = ((path_columns<path_of<Members>> == 1) && ...);
        if constexpr (own && !plain) columns_of<index_description::role::index, Members...>(); // says so
        return own && plain && sound;
    }
    static consteval bool check_writable() {
        static_assert(!made_of::is_read_only, "[holdfast] this table is read_only: its rows come from a file at open");
        return true;
    }

    table_core() : table_base(describe(), &make_indexes) {}
    static table_description describe() {
        if constexpr (sound) {
            return made_of::describe();
        } else {
            static const row_info refused;
            table_description none;
            none.row = &refused;
            return none;
        }
    }
    static std::vector<std::unique_ptr<index_base>> make_indexes(const slot_store& slots) {
        if constexpr (sound)
            return made_of::make_indexes(slots);
        else
            return {};
    }

    /// Refuses a function that cannot be called so; whether to go on.
    template <class Function, class... Fields> static consteval bool check_function() {
        constexpr bool fits = std::is_invocable_v<Function&, Fields&...>;
        constexpr bool row = (std::is_same_v<Fields, Row> && ...);
        static_assert(fits || row, "[holdfast] update: the function takes the fields that are named, by reference and "
                                   "in their order");
        static_assert(fits || !row, "[holdfast] update: the function takes the row by reference");
        if constexpr (fits) {
            using outcome = std::invoke_result_t<Function&, Fields&...>;
            constexpr bool lost = std::is_invocable_v<Function&, Fields&&...>;
            static_assert(!lost, "[holdfast] update: take what is changed by reference, as in [](std::int64_t& gold), "
                                 "or the change is lost");
            constexpr bool answers = std::is_void_v<outcome> || std::is_same_v<outcome, result<void>>;
            static_assert(lost || answers,
                          "[holdfast] update: the function returns nothing, or a holdfast::result<void> to refuse");
            return answers;
        }
        return false;
    }
    /// Calls `fn` while the row is its own; what it refuses.
    template <class Function, class... Fields> result<void> call(handle which, Function& fn, Fields&... fields) {
        const updating now(*this, which.slot_);
        return as_result([&] { return fn(fields...); });
    }
    template <class Function> static result<void> as_result(Function&& fn) {
        if constexpr (std::is_void_v<std::invoke_result_t<Function>>) {
            fn();
            return {};
        } else {
            return fn();
        }
    }

    template <class... Paths, class Function> auto update_fields(handle which, Function& fn) {
        if constexpr (check_function<Function, typename Paths::field...>()) return update_fitting<Paths...>(which, fn);
    }
    template <class... Paths, class Function> auto update_fitting(handle which, Function& fn) {
        constexpr bool can_refuse = !std::is_void_v<std::invoke_result_t<Function&, typename Paths::field&...>>;
        using answer = std::conditional_t<(refusable<Paths> || ...) || can_refuse, result<void>, void>;
        std::tuple<typename Paths::field...> copies(Paths::in(which.slot_->row)...);
        auto ok = std::apply([&](auto&... copy) { return call(which, fn, copy...); }, copies);
        if constexpr (std::is_void_v<answer>) {
            return change<Paths...>(which, copies);
        } else {
            if (!ok) return ok;
            return as_result([&] { return change<Paths...>(which, copies); });
        }
    }
    template <class Function> result<void> update_row(handle which, Function& fn) {
        if constexpr (check_function<Function, Row>()) {
            Row copy = which.slot_->row;
            if (auto ok = call(which, fn, copy); !ok) return ok;
            return take_over(which, copy);
        }
        return {};
    }

    /// Calls `act` with every row that matches, as one whole.
    template <class Predicate, class Function>
    result<std::size_t> for_each_matching(Predicate& matches, Function&& act) {
        std::vector<handle> found;
        for (table_iterator<Row> at(slots_), end; at != end; ++at)
            if (matches(static_cast<const Row&>((*at).slot_->row))) found.push_back(*at);
        const borrowed_session session(*this);
        scope all(*session_);
        for (const handle which : found)
            if (which.alive()) // else it went with another one
                if (auto ok = act(which); !ok) return ok.why();
        if (auto ok = all.check(); !ok) return ok.why();
        all.keep();
        return found.size();
    }

    [[nodiscard, gnu::cold, gnu::noinline]] error does_not_fit(handle which, std::size_t column,
                                                               std::int64_t amount) const {
        return {errc::refused, describe_row(&which.slot_->row) + ": " +
                                   description_.column_name(static_cast<std::uint8_t>(column)) + " plus " +
                                   std::to_string(amount) + " does not fit its type"};
    }

    /// Makes the row what `copy` is, as far as it differs.
    result<void> take_over(handle which, Row& copy) {
        std::array<field_change, row_columns<Row>> changes;
        std::size_t count = 0;
        for (std::size_t c = 0; c < changes.size(); ++c)
            if (!made_of::covered[c])
                changes[count++] = {static_cast<std::uint8_t>(c), description_.row->columns[c].in(&copy)};
        count = drop_unchanged(which.slot_, changes.data(), count);
        for (std::size_t c = 0; c < count; ++c)
            if (keys::in_primary_key(changes[c].column) || made_of::kept[changes[c].column])
                return error{errc::refused, describe_row(&which.slot_->row) + ": its " +
                                                description_.column_name(changes[c].column) +
                                                " does not change: erase the row and insert another"};
        if (count == 0) return {};
        if (auto ok = check_change(which.slot_, changes.data(), count); !ok) return ok;
        apply_change(which.slot_, changes.data(), count);
        return {};
    }

    /// The row with this primary key, given part by part or as one `hf::key`. In line, as every step down to the index:
    /// see `key_map::find`.
    template <class... Parts> [[nodiscard, gnu::always_inline]] handle find_row(const Parts&... parts) const noexcept {
        if constexpr (sizeof...(Parts) == 1 && (is_key_of_parts<Parts> && ...))
            return std::apply([&](const auto&... part) { return find_in<0>(part...); }, (parts.parts, ...));
        else
            return find_in<0>(parts...);
    }

    [[nodiscard, gnu::cold, gnu::noinline]] error gone() const {
        return {errc::not_found, description_.name + ": the row is not there (any more)"};
    }

    template <class... Parts> [[nodiscard, gnu::cold]] error not_there(const Parts&... key) const {
        if constexpr (sizeof...(Parts) == 1 && (is_key_of_parts<Parts> && ...))
            return std::apply([&](const auto&... part) { return not_there(part...); }, (key.parts, ...));
        else
            return detail::not_there(description_, {key_cell(key)...});
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
    [[nodiscard, gnu::always_inline]] slot<Row>* slot_in(const Parts&... parts) const noexcept {
        if constexpr (sound) {
            const auto& index = static_cast<const index_at<Index>&>(*indexes_[Index]);
            return static_cast<slot<Row>*>(find_slot(index, parts...));
        } else {
            return nullptr; // the table was refused: nothing more to say
        }
    }
    template <std::size_t Index, class... Parts>
    [[nodiscard, gnu::always_inline]] handle find_in(const Parts&... parts) const noexcept {
        return handle(slot_in<Index>(parts...), slots_.mark());
    }
    template <class... Fields, class... Parts>
    [[nodiscard, gnu::always_inline]] static void* find_slot(const key_index<Fields...>& index,
                                                             const Parts&... parts) noexcept {
        constexpr bool count = sizeof...(Fields) == sizeof...(Parts);
        static_assert(count, "[holdfast] a key of several fields is looked up with one argument for each, in their "
                             "order; where one key is asked for it is hf::key(a, b)");
        if constexpr (count) {
            constexpr bool fits = (key_argument<typename index_part<Fields>::field, Parts> && ...);
            static_assert(fits, "[holdfast] this value cannot be the key: pass the key field's type; a handle goes to "
                                "set, add and erase of its own table directly, and a result is tested first");
            if constexpr (fits)
                if ((key_fits<typename index_part<Fields>::field>(parts) && ...))
                    return index.find(key_probe<Fields...>(key_view<Fields...>(index_part<Fields>::of(parts)...)));
        }
        return nullptr; // no row has a key that its field cannot hold
    }

    template <class Path> void set_plain(slot<Row>& where, parameter_t<typename Path::field> value) {
        using field_type = typename Path::field;
        field_type& field = Path::in(where.row);
        require_not_updating(&where);
        if constexpr (std::is_same_v<field_type, std::string>) {
            if (field == value) return;
        } else {
            if constexpr (stored_field<field_type>)
                if (same_field(field, value)) return;
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
        if constexpr (made_of::unstored(first_column<Path>)) {
            assign(field, value);
        } else if constexpr (made_of::later(first_column<Path>)) {
            assign(field, value);
            marks_.mark(where.header.number);
        } else {
            set_and_log<Path>(where, value);
        }
    }

    template <class Path> void set_and_log(slot<Row>& where, parameter_t<typename Path::field> value) {
        using field_type = typename Path::field;
        field_type& field = Path::in(where.row);
        using key = stored_key<typename made_of::template option_at<0>>;
        write_cursor& log = session_->log;
        log.reserve(op_header_bytes + key::max_bytes(where.row) + value_bytes<field_type>(value));
        assign(field, value);
        std::byte* at = put_op_header(log.at, op_kind::set, made_of::number_of(first_column<Path>), number_);
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

    /// Any fields, each with the value in `values`, as one change: quickly where nothing but the row and the log is
    /// concerned, otherwise the slow, general way.
    template <class... Paths, class Tuple> auto change(handle which, Tuple&& values) -> change_result<Paths...> {
        if constexpr ((quick<Paths> && ...)) {
            if (session_ != nullptr && session_->transactions == 0) {
                require_not_updating(which.slot_);
                using key = stored_key<typename made_of::template option_at<0>>;
                return change_and_log<key, Paths...>(which.slot_->row, values, session_->log, number_,
                                                     [](auto column) { return made_of::number_of(column); });
            }
        }
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
            if (made_of::covered[c]) continue;
            const std::ptrdiff_t inside = start + description_.row->columns[c].offset - field;
            changes[count++] = {static_cast<std::uint8_t>(c),
                                reinterpret_cast<std::byte*>(std::addressof(value)) + inside};
        }
    }
};

} // namespace detail
} // namespace holdfast
