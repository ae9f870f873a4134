// SPDX-License-Identifier: MIT
/// @file
/// Which file system a folder is on, and whether a store can rely on it.
#pragma once

#include <holdfast/io/owner_lock.hpp>
#include <holdfast/io/system_call.hpp>

#include <cstdint>

#include <sys/vfs.h>

namespace holdfast {

/// What a store may expect of a file system.
enum class file_system_kind : std::uint8_t {
    fit,           ///< Locks and syncs hold, and space that was taken is there to be written.
    network,       ///< What another machine, or a program, answers for: locks and syncs cannot be relied on.
    copy_on_write, ///< A write to space that was taken before may find none: in a mapping that is SIGBUS.
    unknown,
};

struct file_system {
    std::string_view name{};
    file_system_kind kind = file_system_kind::unknown;
};

/// The file system with a number of statfs(2), "magic". Overlayfs, which containers have, is as fit as what is below it,
/// which is not asked.
[[nodiscard, gnu::cold]] constexpr file_system file_system_of(std::uint32_t magic) noexcept {
    using enum file_system_kind;
    switch (magic) {
    case 0x0000ef53: return {"ext2/3/4", fit};
    case 0x58465342: return {"xfs", fit};
    case 0x01021994: return {"tmpfs", fit};
    case 0x794c7630: return {"overlayfs", fit};
    case 0x00006969: return {"NFS", network};
    case 0x0000517b: return {"SMB", network};
    case 0xfe534d42: return {"SMB2", network};
    case 0xff534d42: return {"CIFS", network};
    case 0x65735546: return {"FUSE", network};
    case 0x01021997: return {"9p", network};
    case 0x00c36400: return {"Ceph", network};
    case 0x5346414f: return {"AFS", network};
    case 0x786f4256: return {"vboxsf", network};
    case 0x9123683e: return {"btrfs", copy_on_write};
    case 0x2fc12fc1: return {"zfs", copy_on_write};
    case 0xca451a4e: return {"bcachefs", copy_on_write};
    case 0xf2f52010: return {"f2fs", copy_on_write};
    case 0x00003434: return {"nilfs", copy_on_write};
    default: return {};
    }
}

namespace detail {

[[nodiscard, gnu::cold]] inline std::string hexadecimal(std::uint32_t number) {
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 15];
    return text;
}

/// Why a store should not be on it, as the end of a sentence.
[[nodiscard, gnu::cold]] inline std::string why_unfit(std::uint32_t magic) {
    const file_system is = file_system_of(magic);
    switch (is.kind) {
    case file_system_kind::fit: return {};
    case file_system_kind::network: return words({is.name, ", whose locks and syncs cannot be relied on"});
    case file_system_kind::copy_on_write:
        return words({is.name, ", where a write to space that was taken before may find none and end the program by "
                               "SIGBUS"});
    case file_system_kind::unknown: break;
    }
    return words({"a file system that is not known (", hexadecimal(magic), ")"});
}

} // namespace detail

/// Why what is at `path` should not hold files of a store: "/mnt/a is on NFS, whose ..."; empty when it is fit, or when
/// nothing is there. Errors: `io`. Cost: one system call.
[[nodiscard, gnu::cold]] inline result<std::string> unfit_file_system(const std::string& path) {
    struct statfs about {};
    int failed = 0;
    do failed = ::statfs(path.c_str(), &about) == 0 ? 0 : errno;
    while (failed == EINTR);
    if (failed == ENOENT || failed == ENOTDIR) return std::string();
    if (failed != 0) return os_error("cannot look at the file system of", path, failed);
    const std::string why = detail::why_unfit(static_cast<std::uint32_t>(about.f_type));
    return why.empty() ? why : words({path, " is on ", why});
}

/// How many bytes a program may still write to the file system of `path`; the most there are when it does not say. Errors:
/// `io`, `not_found`. Cost: one system call.
[[nodiscard, gnu::cold]] inline result<std::uint64_t> free_bytes(const std::string& path) {
    struct statvfs about {};
    if (system_call::statvfs(path, about) != 0) return os_error("cannot look at the file system of", path, errno);
    return about.f_blocks == 0 ? ~std::uint64_t{0} : std::uint64_t{about.f_bavail} * about.f_frsize;
}

} // namespace holdfast
