// SPDX-License-Identifier: MIT
/// @file
/// For a while, somebody whom permissions stop: root passes them all.
#pragma once

#include <unistd.h>

namespace holdfast::test {

/// As long as it lives, root is nobody; others stay who they are. Threads: all of the process change.
class unprivileged {
public:
    unprivileged() noexcept : was_(::geteuid()) {
        if (was_ == 0) changed_ = ::seteuid(65'534) == 0;
    }
    unprivileged(const unprivileged&) = delete;
    unprivileged& operator=(const unprivileged&) = delete;
    ~unprivileged() {
        if (changed_ && ::seteuid(was_) != 0) ::_exit(99);
    }

private:
    uid_t was_;
    bool changed_ = false;
};

} // namespace holdfast::test
