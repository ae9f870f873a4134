// SPDX-License-Identifier: MIT
/// @file
/// A prepared statement: cells in, cells out.
#pragma once

#include <holdfast/core/cell.hpp>
#include <holdfast/core/result.hpp>
#include <holdfast/core/utf8.hpp>
#include <holdfast/core/words.hpp>
#include <holdfast/sqlite/page_checksums.hpp>

#include <cmath>
#include <string>
#include <utility>

#include <sqlite3.h>

namespace holdfast::sqlite {

/// How every error about a page's checksum ends.
inline constexpr std::string_view wrong_checksum = ": its checksum does not match its bytes: restore a backup";

/// Which page could not be read.
[[nodiscard, gnu::cold]] inline error wrong_page(std::string_view path, std::uint32_t page) {
    return {errc::corrupt, words({"page ", page, " of ", path, wrong_checksum})};
}

/// A file ends where it should not. (Newer versions of SQLite read long values past their cache, and say so.)
[[nodiscard, gnu::cold]] inline error cut_file(sqlite3* db, std::string_view what) {
    const checked_file* const file = db != nullptr ? checked_file_of(db) : nullptr;
    sqlite3_int64 end = 0;
    if (file == nullptr || file->real->pMethods->xFileSize(file->real, &end) != SQLITE_OK)
        return {errc::corrupt, words({what, ": the file or its WAL was cut: restore a backup"})};
    return {errc::corrupt,
            words({what, ": ", file->path, ", which has ", end, " bytes, or its WAL was cut: restore a backup"})};
}

/// SQLite's code as ours, with its own words and what was tried.
[[nodiscard, gnu::cold]] inline error sqlite_error(sqlite3* db, int code, std::string_view what) {
    if (code == SQLITE_IOERR_DATA && db != nullptr)
        if (const checked_file* const file = checked_file_of(db); file != nullptr && file->wrong_page != 0)
            return wrong_page(file->path, file->wrong_page);
    if (code == SQLITE_IOERR_SHORT_READ) return cut_file(db, what);
    errc ours = errc::io;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: ours = errc::busy; break;
    case SQLITE_FULL: ours = errc::full; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: ours = errc::corrupt; break;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: ours = errc::refused; break;
    case SQLITE_CANTOPEN: ours = errc::not_found; break;
    default: break;
    }
    if (code == SQLITE_IOERR_DATA) ours = errc::corrupt;
    return {ours, words({what, ": ", db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code)})};
}

/// A statement, prepared once and run many times. Threads: those of its connection, one at a time.
class statement {
public:
    statement() = default;
    explicit statement(sqlite3_stmt* prepared) noexcept : prepared_(prepared) {}
    statement(statement&& other) noexcept : prepared_(std::exchange(other.prepared_, nullptr)), bound_(other.bound_) {}
    statement& operator=(statement&& other) noexcept {
        std::swap(prepared_, other.prepared_);
        std::swap(bound_, other.bound_);
        return *this;
    }
    ~statement() { sqlite3_finalize(prepared_); }

    [[nodiscard]] explicit operator bool() const noexcept { return prepared_ != nullptr; }

    /// Binds parameter `index` (the first is 1). Text that is not UTF-8 becomes a BLOB of its bytes, and -0.0 a BLOB of
    /// its eight bytes: they come back as they were. Text and blobs are not copied: they must stay until `reset`.
    void bind(int index, const cell& c) noexcept {
        const int code = bind_cell(index, c);
        if (code != SQLITE_OK && bound_ == SQLITE_OK) bound_ = code;
    }

    /// Runs to the next row: true for a row, false at the end.
    [[nodiscard]] result<bool> step() {
        if (bound_ != SQLITE_OK) return unbound();
        const int code = sqlite3_step(prepared_);
        if (code == SQLITE_ROW) return true;
        if (code == SQLITE_DONE) return false;
        return refused(sqlite3_extended_errcode(sqlite3_db_handle(prepared_)));
    }
    /// Runs a statement that gives no rows, and makes it ready for the next time.
    [[nodiscard]] result<void> run() {
        if (bound_ != SQLITE_OK) return unbound();
        const int code = sqlite3_step(prepared_);
        if (code == SQLITE_DONE || code == SQLITE_ROW) {
            sqlite3_reset(prepared_);
            return {};
        }
        return refused(code);
    }
    void reset() noexcept { sqlite3_reset(prepared_); }
    /// How many cells were bound as a BLOB of their bytes, because they are text that is not UTF-8, or -0.0.
    [[nodiscard]] std::uint64_t other_forms() const noexcept { return other_forms_; }

    /// How many columns its rows have.
    [[nodiscard]] int columns() const noexcept { return sqlite3_column_count(prepared_); }
    /// Column `index` (the first is 0) of the row at hand. Lifetime: until the next step or reset.
    [[nodiscard]] cell column(int index) noexcept {
        sqlite3_value* value = sqlite3_column_value(prepared_, index); // one look-up for type and value
        switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER: return cell::of_integer(cell_kind::i64, sqlite3_value_int64(value));
        case SQLITE_FLOAT: return cell::of_real(cell_kind::f64, sqlite3_value_double(value));
        case SQLITE_TEXT: {
            const unsigned char* text = sqlite3_value_text(value);
            return cell::of_bytes(cell_kind::text, text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
        }
        case SQLITE_BLOB: {
            const void* blob = sqlite3_value_blob(value);
            return cell::of_bytes(cell_kind::blob, blob, static_cast<std::size_t>(sqlite3_value_bytes(value)));
        }
        default: return {};
        }
    }
    [[nodiscard]] std::int64_t integer(int index) noexcept { return sqlite3_column_int64(prepared_, index); }
    [[nodiscard]] std::string string(int index) {
        const unsigned char* text = sqlite3_column_text(prepared_, index);
        return text == nullptr ? std::string()
                               : std::string(reinterpret_cast<const char*>(text),
                                             static_cast<std::size_t>(sqlite3_column_bytes(prepared_, index)));
    }

private:
    [[nodiscard]] int bind_cell(int index, const cell& c) noexcept {
        switch (c.kind) {
        case cell_kind::null: return sqlite3_bind_null(prepared_, index);
        case cell_kind::i8:
        case cell_kind::i16:
        case cell_kind::i32:
        case cell_kind::i64: return sqlite3_bind_int64(prepared_, index, c.integer);
        case cell_kind::f32:
        case cell_kind::f64:
            if (c.real == 0 && std::signbit(c.real)) { // SQLite would keep no sign
                ++other_forms_;
                return sqlite3_bind_blob64(prepared_, index, &negative_zero, sizeof(negative_zero), SQLITE_STATIC);
            }
            return sqlite3_bind_double(prepared_, index, c.real);
        case cell_kind::text:
            if (!is_utf8(c.view())) { // what SQLite does with such text is undefined
                ++other_forms_;
                return sqlite3_bind_blob64(prepared_, index, c.bytes.data, c.bytes.size, SQLITE_STATIC);
            }
            return sqlite3_bind_text64(prepared_, index, c.bytes.size != 0 ? c.bytes.data : "", c.bytes.size,
                                       SQLITE_STATIC, SQLITE_UTF8);
        case cell_kind::blob:
            if (c.bytes.size == 0) return sqlite3_bind_zeroblob(prepared_, index, 0); // no bytes are not NULL
            return sqlite3_bind_blob64(prepared_, index, c.bytes.data, c.bytes.size, SQLITE_STATIC);
        }
        return SQLITE_MISUSE;
    }

    static constexpr double negative_zero = -0.0;

    /// What is SQLite's general error when a statement runs, is the values': a function of an index or a trigger that does
    /// not take them ("malformed JSON").
    [[nodiscard, gnu::cold]] error refused(int code) {
        error why = sqlite_error(sqlite3_db_handle(prepared_), code, sqlite3_sql(prepared_));
        if ((code & 0xff) == SQLITE_ERROR) why.code = errc::refused;
        sqlite3_reset(prepared_);
        return why;
    }
    /// A value was not taken (SQLite's limit is 10^9 bytes): nothing may be run without it.
    [[nodiscard, gnu::cold]] error unbound() {
        return sqlite_error(nullptr, std::exchange(bound_, SQLITE_OK),
                            words({"a value cannot be bound to ", sqlite3_sql(prepared_)}));
    }

    sqlite3_stmt* prepared_ = nullptr;
    int bound_ = SQLITE_OK; ///< The first refusal of a `bind` since the last run.
    std::uint64_t other_forms_ = 0;
};

} // namespace holdfast::sqlite
