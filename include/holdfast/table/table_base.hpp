// SPDX-License-Identifier: MIT
/// @file
/// A table as code that does not know its row type sees it: rows, indexes, constraints, and the ops that
/// each change appends to the log. Templates stay thin above it, which is what keeps compiling quick.
#pragma once

#include <holdfast/core/describe.hpp>
#include <holdfast/core/op.hpp>
#include <holdfast/core/result.hpp>
#include <holdfast/table/description.hpp>
#include <holdfast/table/key_index.hpp>
#include <holdfast/table/row_marks.hpp>
#include <holdfast/table/slots.hpp>
#include <holdfast/track/edit_session.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace holdfast {

/// One column of one row and the value it shall get; afterwards `value` holds what stood there.
struct field_change {
    std::uint8_t column;
    void* value;
};

/// The addresses of the fields of a key, for an index.
using key_parts = std::array<const void*, 8>;

/// See the file's sentence. Threads: the one that edits the world.
class table_base : public undo_target {
public:
    table_base(table_description description, std::vector<std::unique_ptr<index_base>> (*indexes)(const slot_store&));
    table_base(const table_base&) = delete;
    table_base& operator=(const table_base&) = delete;
    ~table_base();

    [[nodiscard]] const table_description& description() const noexcept { return description_; }
    [[nodiscard]] const slot_store& slots() const noexcept { return slots_; }
    [[nodiscard]] std::uint16_t number() const noexcept { return number_; }

    // --- joining a world -----------------------------------------------------------------------------
    void name(std::string name) { description_.name = std::move(name); }
    /// Ties a reference to the table it names; false when that table has no such key.
    [[nodiscard]] bool refer(std::size_t reference, table_base& parent);
    /// From here on changes are logged; with null no more.
    void attach(edit_session* session, std::uint16_t number) noexcept {
        session_ = session;
        number_ = number;
    }
    void reserve(std::size_t rows);

    // --- loading -------------------------------------------------------------------------------------
    /// Room for so many rows at once, before the first.
    void reserve_for_load(std::size_t rows);
    /// Touches the memory of slots that were reserved and are not used yet: loads and inserts there take no page fault.
    /// Threads: any, beside the one that loads rows before `first`.
    void touch(std::size_t first, std::size_t end) noexcept { slots_.touch(first, end); }
    /// A row as its initializers make it, to be filled; `finish_load` or `drop_load` follows.
    [[nodiscard]] void* begin_load();
    [[nodiscard]] result<void> finish_load(void* slot);
    void drop_load(void* slot) noexcept;
    /// Adds the rows of these slots to the indexes. `corrupt`: two rows have one unique key.
    /// Threads: any, one at a time, beside the one that loads rows behind them for which room was reserved.
    [[nodiscard]] result<void> link_loaded(std::size_t first, std::size_t end);
    /// Whether every reference of every row leads somewhere.
    [[nodiscard]] result<void> check_references() const;
    void resume_ids(std::int64_t lease) noexcept;
    /// What is behind the block of ids that is next, which the caller makes durable before the first insert.
    [[nodiscard]] std::int64_t lease_end() const noexcept;
    /// The next id that will be given out.
    [[nodiscard]] std::int64_t next_id() const noexcept { return next_id_; }
    /// From here on a read-only table takes no more rows.
    void seal() noexcept { sealed_ = true; }
    [[nodiscard]] bool sealed() const noexcept { return sealed_; }

    // --- changing ------------------------------------------------------------------------------------
    /// Gives `row` its id, checks it, and takes a slot for it with room everywhere: nothing after can fail.
    [[nodiscard]] result<void*> begin_insert(void* row);
    void finish_insert(void* slot) noexcept;
    /// Checks a row of an append-only table and writes it to the log.
    [[nodiscard]] result<void> append(void* row);
    /// Writes again a lease of ids that went with a transaction: an id that somebody has seen is not given twice.
    void write_owed_lease();
    [[nodiscard]] result<void> erase(void* slot);
    [[nodiscard]] result<void> check_change(const void* slot, const field_change* changes, std::size_t count) const;
    void apply_change(void* slot, const field_change* changes, std::size_t count);
    /// Drops what would change nothing; how many are left.
    [[nodiscard]] std::size_t drop_unchanged(const void* slot, field_change* changes, std::size_t count) const;

    /// Room for `bytes` in the open frame and for `steps` of undo: what follows cannot fail.
    void reserve_change(std::size_t bytes, std::size_t steps) {
        session_->log.reserve(bytes);
        if (session_->transactions != 0) [[unlikely]]
            session_->undo.reserve(steps);
    }
    [[nodiscard]] std::uint64_t open_transaction() const noexcept {
        return session_ != nullptr ? session_->open_transaction() : 0;
    }

    /// Whether it has fields that are `saved_every`.
    [[nodiscard]] bool has_later() const noexcept { return !later_columns_.empty(); }
    /// Logs these fields of marked rows, from slot `next` on, of at most so many rows. Where to go on; `marked_end()` when
    /// no more are marked. `std::bad_alloc`: a row that is still marked is not logged.
    [[nodiscard]] std::size_t log_later(std::size_t next, std::size_t rows);
    /// Fields of the row are to be logged later.
    void mark_later(std::size_t slot) noexcept { marks_.mark(slot); }
    [[nodiscard]] std::size_t marked_end() const noexcept { return marks_.covered(); }

    /// Logs what the rows from slot `next` on are, of at most so many slots. Where to go on; `slots().used()` at the end.
    /// `std::bad_alloc`: as `log_later`.
    [[nodiscard]] std::size_t log_rows(std::size_t next, std::size_t slots);
    /// Logs which ids may be in use.
    void log_lease();

    // Said to be inline here already: else the first were the class's key function, and every file that includes this had
    // the virtual table, with all that it needs.
    inline void undo(undo_step& step) noexcept override;
    inline void keep(undo_step& step) noexcept override;
    [[nodiscard]] inline result<void> check_later(void* slot, std::uint32_t reference) const override;

    // --- words ---------------------------------------------------------------------------------------
    /// "characters[id=7]"
    [[nodiscard]] std::string describe_row(const void* row) const;
    /// "name='Bob'" or "guild_id=1, character_id=2"
    [[nodiscard]] std::string describe_key(const column_list& columns, const void* row) const;

    [[nodiscard]] std::int64_t wall_ns() const {
        return session_ != nullptr ? session_->wall_ns(session_->clock) : c_wall_ns();
    }
    [[nodiscard]] std::uint64_t now() noexcept { return session_ != nullptr ? session_->tick : ++detached_tick_; }
    [[nodiscard]] void* row_in(void* slot) const noexcept { return slots_.row(slot); }
    [[nodiscard]] const void* row_in(const void* slot) const noexcept { return slots_.row(const_cast<void*>(slot)); }
    [[nodiscard]] index_base& index(std::size_t i) noexcept { return *indexes_[i]; }

protected:
    /// A row whose update function is running: it is not to be changed or erased by anybody else meanwhile.
    class updating {
    public:
        updating(table_base& of, const void* slot) noexcept : of_(of), slot_(slot), outer_(of.updating_) {
            of.updating_ = this;
        }
        updating(const updating&) = delete;
        updating& operator=(const updating&) = delete;
        ~updating() { of_.updating_ = outer_; }

    private:
        friend class table_base;
        table_base& of_;
        const void* slot_;
        const updating* outer_;
    };
    /// Gives a table of no store a session while something is done as one whole, and forgets what is logged.
    class borrowed_session;
    [[nodiscard]] bool is_updating(const void* slot) const noexcept {
        for (const updating* at = updating_; at != nullptr; at = at->outer_)
            if (at->slot_ == slot) return true;
        return false;
    }

    [[nodiscard]] std::byte* put_key(std::byte* to, const void* row) const noexcept;
    [[nodiscard]] std::size_t max_key_bytes(const void* row) const noexcept;

    table_description description_;
    slot_store slots_;
    std::vector<std::unique_ptr<index_base>> indexes_; ///< In the order of the description.
    const updating* updating_ = nullptr;               ///< The innermost update that is running.
    edit_session* session_ = nullptr;
    row_marks marks_; ///< Rows with fields that are logged later.
    std::uint16_t number_ = 0;
    std::uint64_t detached_tick_ = 0; ///< Ticks of a table in no store: every erase is one.

private:
    struct parent_link {
        table_base* table = nullptr;
        const index_base* index = nullptr;
        const column_list* columns = nullptr; ///< Of the parent's key.
    };
    struct child_link {
        table_base* table = nullptr;
        index_base* index = nullptr;
        const reference_description* reference = nullptr;
        column_list parent_columns{};
    };
    struct erase_plan;
    struct many_changes;

    [[nodiscard]] key_parts parts_of(const column_list& columns, const void* row) const noexcept;
    [[nodiscard]] key_parts parts_of(const column_list& columns, const void* row, const field_change* changes,
                                     std::size_t count) const noexcept;
    [[nodiscard]] std::uint64_t indexes_of(const field_change* changes, std::size_t count) const noexcept;
    [[nodiscard]] result<void> check_row(const void* row) const;
    [[nodiscard]] result<void> check_limit(const limit_description& limit, const void* row, const void* field) const;
    [[nodiscard]] result<void> check_condition(const check_description& check, const void* row,
                                               const field_change* changes, std::size_t count) const;
    /// A reference that leads nowhere: refused, or put off to the end of the transaction.
    [[nodiscard]] result<void> check_or_put_off(std::size_t reference, const void* row, const field_change* changes,
                                                std::size_t count) const;
    void put_off(void* slot) noexcept;
    /// Whether the reference leads somewhere once the changes are made; what is wrong is said without the row.
    [[nodiscard]] result<void> check_reference(std::size_t reference, const void* row, const field_change* changes,
                                               std::size_t count) const;
    /// Replaces parts that are optionals by what they contain; false when one is empty.
    [[nodiscard]] bool inner_parts(const column_list& columns, key_parts& parts) const noexcept;
    [[nodiscard]] bool refers_only_to_itself(const child_link& child, const void* slot, const field_change* changes,
                                             std::size_t count) const noexcept;
    [[nodiscard]] result<void> give_id(void* row);
    void stamp(void* row) const;
    [[nodiscard]] std::size_t stored_bytes(const void* row) const;
    void log_row(const void* row, op_kind kind = op_kind::insert) noexcept;
    /// The row's id is not given out again; nothing without auto_id.
    void note_id(const void* row) noexcept;
    void write_lease() noexcept;
    void put_lease(std::int64_t next) noexcept;

    void plan_erase(erase_plan& plan, void* slot);
    [[nodiscard]] result<void> check_plan(const erase_plan& plan, const void* slot) const;
    [[nodiscard]] result<void> check_emptied(const child_link& child, const void* slot,
                                             const std::string& erased) const;
    [[nodiscard]] static result<void> check_emptied_rows(const erase_plan& plan, const many_changes& emptied);
    void prepare_erase(const erase_plan& plan, many_changes& emptied);
    /// The number of the transaction, or one for changes that are made together without.
    [[nodiscard]] std::uint64_t number_of_changes() noexcept;
    void prepare_erase_one(void* slot);
    void erase_one(void* slot) noexcept;
    void unlink_all(void* slot) noexcept;
    void grow_indexes(std::uint64_t which) noexcept;
    static void drop_before(undo_step& step, const column& is) noexcept;
    void add_stamp(field_change* changes, std::size_t& count, std::byte* room) const;
    [[nodiscard]] std::size_t op_bytes(const void* row, const field_change* changes, std::size_t count) const;
    /// Room for everything that `make_change` does, which cannot fail then.
    void prepare_change(void* slot, const field_change* changes, std::size_t count, std::uint64_t transaction,
                        std::vector<std::unique_ptr<std::byte[]>>& heap);
    void make_change(void* slot, field_change* changes, std::size_t count,
                     std::vector<std::unique_ptr<std::byte[]>>& heap) noexcept;
    void log_change(void* slot, const field_change* changes, std::size_t count) noexcept;
    /// Logs what the row has in these columns; room was reserved.
    void log_columns(const void* row, const std::uint8_t* columns, std::size_t count) noexcept;
    void save_before(void* slot, const field_change* changes, std::size_t count, std::uint64_t indexes,
                     std::vector<std::unique_ptr<std::byte[]>>& heap) noexcept;

    column_list later_columns_;                 ///< Stored, and logged later.
    std::vector<std::uint64_t> column_indexes_; ///< One bit for each index that a column is part of.
    std::vector<parent_link> parents_;          ///< In the order of the description's references.
    std::vector<child_link> children_;
    mutable std::uint64_t put_off_ = 0; ///< References of the row at hand that the end of the transaction looks at.
    bool sealed_ = false;
    std::int64_t next_id_ = 1;
    std::int64_t leased_ = 0; ///< Ids below it are covered by a lease in the log.
    bool lease_owed_ = false; ///< That lease was taken back: the next insert or commit writes another.
};

[[gnu::cold]] inline table_base::table_base(table_description description,
                                            std::vector<std::unique_ptr<index_base>> (*indexes)(const slot_store&))
    : description_(std::move(description)), slots_(description_.row->size, description_.row->align),
      indexes_(indexes(slots_)), column_indexes_(description_.row->columns.size()),
      parents_(description_.references.size()) {
    for (std::size_t i = 0; i < description_.indexes.size(); ++i)
        for (const std::uint8_t column : description_.indexes[i].columns)
            column_indexes_[column] |= std::uint64_t{1} << i;
    for (std::size_t c = 0; c < description_.row->columns.size(); ++c)
        if (description_.row->columns[c].later && description_.row->columns[c].stored)
            later_columns_.push_back(static_cast<std::uint8_t>(c));
}

[[gnu::cold]] inline table_base::~table_base() {
    for (std::uint32_t number = 0; number < slots_.used(); ++number) {
        void* slot = slots_.at(number);
        if (slot_store::header(slot).alive()) description_.row->destroy(row_in(slot));
    }
}

inline bool table_base::refer(std::size_t reference, table_base& parent) {
    reference_description& is = description_.references[reference];
    if (parent.description_.row->initial != is.parent_row) return false;
    is.parent_names.clear();
    if (!parent.description_.read_only)
        for (const std::uint8_t column : is.parent_columns)
            is.parent_names.push_back(parent.description_.column_name(column));
    for (std::size_t p = 0; p < parent.description_.indexes.size(); ++p) {
        const index_description& key = parent.description_.indexes[p];
        if (!key.unique() || key.columns != is.parent_columns) continue;
        parents_[reference] = {&parent, parent.indexes_[p].get(), &key.columns};
        for (std::size_t c = 0; c < description_.indexes.size(); ++c)
            if (description_.indexes[c].columns == is.columns &&
                description_.indexes[c].is != index_description::role::ordered) {
                parent.children_.push_back({this, indexes_[c].get(), &is, key.columns});
                return true;
            }
    }
    return false;
}

inline void table_base::reserve(std::size_t rows) {
    slots_.reserve(rows);
    for (const auto& index : indexes_) index->reserve(rows);
}

inline void table_base::reserve_for_load(std::size_t rows) {
    slots_.reserve_huge(rows);
    reserve(std::max(description_.capacity, rows));
}

inline void* table_base::begin_load() {
    void* slot = slots_.take(0);
    description_.row->construct(row_in(slot));
    return slot;
}

inline void table_base::drop_load(void* slot) noexcept {
    description_.row->destroy(row_in(slot));
    slots_.untake(slot);
}

inline result<void> table_base::finish_load(void* slot) {
    const void* row = row_in(slot);
    for (const limit_description& limit : description_.limits)
        if (auto ok = check_limit(limit, row, description_.row->columns[limit.column].in(row)); !ok)
            return error{errc::corrupt, ok.why().detail};
    for (const check_description& check : description_.checks)
        if (auto ok = check_condition(check, row, nullptr, 0); check.at_load && !ok)
            return error{errc::corrupt, ok.why().detail};
    slots_.settle(slot);
    note_id(row);
    return {};
}

inline result<void> table_base::link_loaded(std::size_t first, std::size_t end) {
    if (has_later()) marks_.cover(end);
    std::vector<void*> rows;
    rows.reserve(end - first);
    for (std::size_t number = first; number < end; ++number)
        if (void* slot = slots_.at(static_cast<std::uint32_t>(number)); slot_store::header(slot).alive())
            rows.push_back(slot);
    for (std::size_t i = 0; i < indexes_.size(); ++i)
        if (const void* twice = indexes_[i]->link_all(rows); twice != nullptr)
            return error{errc::corrupt, description_.name + ": two rows have " +
                                            describe_key(description_.indexes[i].columns, row_in(twice)) +
                                            "; the struct says it is unique"};
    return {};
}

inline void table_base::resume_ids(std::int64_t lease) noexcept {
    if (lease > next_id_) next_id_ = lease;
}

inline key_parts table_base::parts_of(const column_list& columns, const void* row) const noexcept {
    key_parts parts{};
    for (std::size_t i = 0; i < columns.size(); ++i) parts[i] = description_.row->columns[columns[i]].in(row);
    return parts;
}

inline std::size_t table_base::max_key_bytes(const void* row) const noexcept {
    std::size_t bytes = 0;
    for (const std::uint8_t column : description_.primary_key())
        bytes += max_stored_bytes(description_.row->columns[column].get(row));
    return bytes;
}

inline std::byte* table_base::put_key(std::byte* to, const void* row) const noexcept {
    for (const std::uint8_t column : description_.primary_key())
        to = put_cell(to, description_.row->columns[column].get(row));
    return to;
}

inline std::string table_base::describe_key(const column_list& columns, const void* row) const {
    std::string text;
    for (const std::uint8_t column : columns) {
        const auto& is = description_.row->columns[column];
        text += (text.empty() ? "" : ", ") + is.name + "=" + describe_cell(is.get(row));
    }
    return text;
}

inline std::string table_base::describe_row(const void* row) const {
    if (description_.append_only) return description_.name;
    return description_.name + "[" + describe_key(description_.primary_key(), row) + "]";
}

} // namespace holdfast

#include <holdfast/table/table_erase.hpp>
#include <holdfast/table/table_insert.hpp>
#include <holdfast/table/table_update.hpp>
