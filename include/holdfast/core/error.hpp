// SPDX-License-Identifier: MIT
/// @file
/// What can go wrong, as twelve codes that each name what the caller can do.
#pragma once

#include <holdfast/config.hpp>
#include <holdfast/core/words.hpp>

#include <boost/core/no_exceptions_support.hpp>

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast {

/// Why an operation was refused or failed. A refused operation has changed nothing.
enum class errc : std::uint8_t {
    not_found = 1, ///< No such row, table or file. Check the key, or insert first.
    taken,         ///< The key or unique value belongs to another row. Choose another one.
    refused,       ///< A check said no, or the value does not fit its field. Correct the value.
    reference,     ///< The row refers to a row that is not there, or is still referred to. Mend that row first.
    full,          ///< The table has reached its capacity, or the disk is full. Make room.
    busy,          ///< Somebody else has it: another process, another store, or this very call. Try later.
    mismatch,      ///< The file's tables are not those of the structs. Change the file by hand (docs/store.md), or
                   ///< correct the structs.
    corrupt,       ///< Bytes fail their checks. Restore a backup, or look at the named place.
    too_new,       ///< Written by a newer version of the library. Upgrade.
    io,            ///< The operating system or SQLite refused. The detail has its words.
    timeout,       ///< The deadline passed first. What was not done is named; wait again.
    closed,        ///< The store is closed, or this process does not own it.

    wrong_process = closed, ///< The same, of the child of a fork: the store belongs to the process that opened it.
};

/// Short enough to need no memory, which there is none of.
inline constexpr const char* out_of_memory = "out of memory";

/// The code's name, for messages.
[[nodiscard, gnu::cold]] constexpr std::string_view name_of(errc code) noexcept {
    switch (code) {
    case errc::not_found: return "not found";
    case errc::taken: return "taken";
    case errc::refused: return "refused";
    case errc::reference: return "reference";
    case errc::full: return "full";
    case errc::busy: return "busy";
    case errc::mismatch: return "mismatch";
    case errc::corrupt: return "corrupt";
    case errc::too_new: return "too new";
    case errc::io: return "io";
    case errc::timeout: return "timeout";
    case errc::closed: return "closed";
    }
    return "unknown";
}

/// A code and a sentence that names the table, key, column, file or offset, and what to do next.
struct error {
    /// What kind of error it is: what a program decides by.
    errc code = errc::io;
    std::string detail{};

    /// "taken: characters: name='Bob' belongs to another row"
    [[nodiscard, gnu::cold]] std::string message() const { return words({name_of(code), ": ", detail}); }
};

/// What `.value()` throws.
class failure : public std::runtime_error {
public:
    /// Its `what()` is "[holdfast] " and the error's message.
    [[gnu::cold]] explicit failure(error why)
        : std::runtime_error(words({"[holdfast] ", why.message()})), why_(std::move(why)) {}
    /// The error itself.
    [[nodiscard]] const error& why() const noexcept { return why_; }

private:
    error why_;
};

namespace detail {

/// An error on its way into a result: said to be rare, and kept out of the code that goes well.
[[nodiscard, gnu::cold, gnu::noinline]] inline error same_error(const error& why) { return why; }
[[nodiscard, gnu::cold, gnu::noinline]] inline error same_error(error&& why) noexcept { return std::move(why); }

[[noreturn, gnu::cold]] inline void raise(const error& why) {
#if HOLDFAST_EXCEPTIONS
    throw failure(why);
#else
    broken_contract(why.message().c_str(), "result", 0);
#endif
}

[[noreturn, gnu::cold]] inline void raise_out_of_memory() {
#if HOLDFAST_EXCEPTIONS
    throw std::bad_alloc();
#else
    broken_contract("out of memory", "allocation", 0);
#endif
}

} // namespace detail
} // namespace holdfast
