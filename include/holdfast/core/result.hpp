// SPDX-License-Identifier: MIT
/// @file
/// A value or the error that stands in its place.
#pragma once

#include <holdfast/core/error.hpp>

#include <new>
#include <type_traits>
#include <utility>

namespace holdfast {

/// A value of type T, or an error. Test it, then use `*result`; or call `value()`, which throws
/// `holdfast::failure` in place of a missing value (aborts where exceptions are off).
template <class T> class [[nodiscard]] result {
public:
    /// What it holds when all went well.
    using value_type = T;

    /// A value: all went well.
    result(T value) noexcept(std::is_nothrow_move_constructible_v<T>) : ok_(true) {
        ::new (static_cast<void*>(&value_)) T(std::move(value));
    }
    /// An error; so that a function returns one as it is.
    result(const error& why) : ok_(false) { ::new (static_cast<void*>(&error_)) error(detail::same_error(why)); }
    /// The same.
    result(error&& why) noexcept : ok_(false) {
        ::new (static_cast<void*>(&error_)) error(detail::same_error(std::move(why)));
    }
    /// Takes over the value or the error of the other one, which stays what it was, moved from.
    result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : ok_(other.ok_) {
        if (ok_)
            ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
        else
            ::new (static_cast<void*>(&error_)) error(std::move(other.error_));
    }
    result(const result&) = delete;
    result& operator=(const result&) = delete;
    /// Takes over the value or the error of the other one, in place of its own.
    result& operator=(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>) {
        if (this != &other) {
            this->~result();
            ::new (static_cast<void*>(this)) result(std::move(other));
        }
        return *this;
    }
    ~result() {
        if (ok_)
            value_.~T();
        else
            error_.~error();
    }

    /// Whether it has a value.
    [[nodiscard]] explicit operator bool() const noexcept { return ok_; }

    /// The error. Only of a result that has no value.
    [[nodiscard]] const error& why() const noexcept {
        HOLDFAST_REQUIRE(!ok_, "why() of a result that has a value: test the result first");
        return error_;
    }

    /// The value. Of a failed result: stops the program.
    [[nodiscard]] T& operator*() & noexcept { return held(); }
    /// The same.
    [[nodiscard]] const T& operator*() const& noexcept { return held(); }
    /// The same.
    [[nodiscard]] T&& operator*() && noexcept { return std::move(held()); }
    /// The same.
    [[nodiscard]] T* operator->() noexcept { return &held(); }
    /// The same.
    [[nodiscard]] const T* operator->() const noexcept { return &held(); }

    /// The value, or throws `failure`.
    T& value() & {
        if (!ok_) detail::raise(error_);
        return value_;
    }
    /// The value; of a failed result: throws `failure`, or without exceptions stops the program with the message.
    T value() && {
        if (!ok_) detail::raise(error_);
        return std::move(value_);
    }
    /// The same.
    const T& value() const& {
        if (!ok_) detail::raise(error_);
        return value_;
    }

private:
    [[nodiscard]] T& held() noexcept {
        HOLDFAST_REQUIRE(ok_, "the value of a failed result: test the result first");
        return value_;
    }
    [[nodiscard]] const T& held() const noexcept {
        HOLDFAST_REQUIRE(ok_, "the value of a failed result: test the result first");
        return value_;
    }

    union {
        T value_;
        error error_;
    };
    bool ok_;
};

/// Success, or an error.
template <> class [[nodiscard]] result<void> {
public:
    /// It holds nothing.
    using value_type = void;

    result() noexcept : ok_(true) {}
    /// An error.
    result(const error& why) : ok_(false) { ::new (static_cast<void*>(&error_)) error(detail::same_error(why)); }
    /// The same.
    result(error&& why) noexcept : ok_(false) {
        ::new (static_cast<void*>(&error_)) error(detail::same_error(std::move(why)));
    }
    /// Takes over the error of the other one.
    result(result&& other) noexcept : ok_(other.ok_) {
        if (!ok_) ::new (static_cast<void*>(&error_)) error(std::move(other.error_));
    }
    result(const result&) = delete;
    result& operator=(const result&) = delete;
    /// Takes over the error of the other one, in place of its own.
    result& operator=(result&& other) noexcept {
        if (this != &other) {
            this->~result();
            ::new (static_cast<void*>(this)) result(std::move(other));
        }
        return *this;
    }
    ~result() {
        if (!ok_) error_.~error();
    }

    /// Whether all went well.
    [[nodiscard]] explicit operator bool() const noexcept { return ok_; }
    /// The error. Of a result that has none: stops the program.
    [[nodiscard]] const error& why() const noexcept {
        HOLDFAST_REQUIRE(!ok_, "why() of a result that succeeded: test the result first");
        return error_;
    }
    /// Throws `failure` unless it succeeded.
    void value() const {
        if (!ok_) detail::raise(error_);
    }

private:
    union {
        error error_;
    };
    bool ok_;
};

} // namespace holdfast
