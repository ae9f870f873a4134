// SPDX-License-Identifier: MIT
/// @file
/// A question to the database, and its rows one after the other.
#pragma once

#include <holdfast/sqlite/connection.hpp>

namespace holdfast::sqlite {

/// Walks the rows of a SELECT: `while (rows.next()) use(rows->string(0));`, then ask whether it `failed`.
/// Threads: those of the connection. Cost: for what is read now and then; the statement is prepared anew.
class query {
public:
    [[gnu::cold]] query(connection& db, std::string_view sql) : ask_(db.prepare(sql)) {}
    /// Text for the only parameter. Lifetime: `argument` must outlive the query.
    [[gnu::cold]] query(connection& db, std::string_view sql, std::string_view argument) : query(db, sql) {
        if (ask_) ask_->bind(1, cell::of_bytes(cell_kind::text, argument.data(), argument.size()));
    }
    query(const query&) = delete;
    query& operator=(const query&) = delete;

    /// Goes to the next row; false at the end, and when the database refuses.
    [[nodiscard, gnu::cold]] bool next() {
        if (!ask_) return false;
        result<bool> row = ask_->step();
        if (!row) ask_ = row.why();
        return row && *row;
    }
    /// The row at hand.
    [[nodiscard]] statement* operator->() noexcept { return &*ask_; }

    [[nodiscard]] bool failed() const noexcept { return !ask_; }
    /// Why it failed. Only of one that did.
    [[nodiscard]] const error& why() const noexcept { return ask_.why(); }

private:
    result<statement> ask_;
};

/// The number in the first column of the first row; 0 when there is none.
[[nodiscard, gnu::cold]] inline result<std::int64_t> ask_number(connection& db, std::string_view sql) {
    query rows(db, sql);
    const std::int64_t number = rows.next() ? rows->integer(0) : 0;
    if (rows.failed()) return rows.why();
    return number;
}

} // namespace holdfast::sqlite
