//! Makes signers, signs, aggregates, verifies, and sees forgeries rejected.
//!
//!     zig build-exe aggregate.zig -I $PREFIX/include $PREFIX/lib/libsheaf.a -lc -lunwind
//!     ./aggregate DIRECTORY
//!
//! DIRECTORY is where the journals of the keys go; it must hold none yet.

const std = @import("std");
const sheaf = @cImport(@cInclude("sheaf.h"));

const slot = 7;
const signer_count = 3;
const scheme = sheaf.SHEAF_SCHEME_TEST;

/// A Zig error for a status, after the library's own words have been printed.
fn check(status: sheaf.sheaf_status, failure: ?*sheaf.sheaf_error) !void {
    if (status == sheaf.SHEAF_STATUS_OK) return;
    defer sheaf.sheaf_error_free(failure);
    std.debug.print("{s}: {s}\n", .{ sheaf.sheaf_status_name(status), sheaf.sheaf_error_message(failure) });
    return switch (status) {
        sheaf.SHEAF_STATUS_REJECTED => error.Rejected,
        sheaf.SHEAF_STATUS_INVALID_SIGNATURE => error.InvalidSignature,
        sheaf.SHEAF_STATUS_CANCELLED => error.Cancelled,
        else => error.Sheaf,
    };
}

/// Cancels the proof once the time is up.
fn untilDeadline(user_data: ?*anyopaque, progress: [*c]const sheaf.sheaf_progress) callconv(.c) c_int {
    const deadline: *const i64 = @ptrCast(@alignCast(user_data));
    std.debug.print("  {d}/{d} {s}\n", .{ progress.*.done, progress.*.total, progress.*.phase });
    return @intFromBool(std.time.milliTimestamp() > deadline.*);
}

const Signer = struct {
    public_key: [sheaf.SHEAF_PUBLIC_KEY_BYTES]u8,
    signature: sheaf.sheaf_buffer,

    /// Makes a key and its journal, and signs. A real signer makes its key once, and stores `secret` between the two.
    fn init(prover: *const sheaf.sheaf_prover, journal: [*:0]const u8, message: [*]const u8) !Signer {
        var failure: ?*sheaf.sheaf_error = null;
        var self: Signer = undefined;
        // TEST keys take no time to make and give no security.
        var secret: sheaf.sheaf_buffer = undefined;
        try check(sheaf.sheaf_keygen(prover, scheme, 0, 32, null, null, &self.public_key, &secret, &failure), failure);
        defer sheaf.sheaf_buffer_free(&secret);
        try check(sheaf.sheaf_journal_create(scheme, &self.public_key, journal, &failure), failure);

        var key: ?*sheaf.sheaf_signing_key = null;
        try check(sheaf.sheaf_signing_key_open(prover, scheme, secret.data, secret.len, journal, &key, &failure), failure);
        defer sheaf.sheaf_signing_key_free(key);
        try check(sheaf.sheaf_signing_key_sign(key, slot, message, &self.signature, &failure), failure);
        return self;
    }

    fn deinit(self: *Signer) void {
        sheaf.sheaf_buffer_free(&self.signature);
    }
};

pub fn main() !void {
    var arguments = std.process.args();
    _ = arguments.skip();
    const directory = arguments.next() orelse return error.DirectoryMissing;
    const build = sheaf.sheaf_build_info();
    std.debug.print("sheaf {s}, built for {s}, the CPU has {s}\n", .{ build.version, build.simd, build.cpu_simd });

    var failure: ?*sheaf.sheaf_error = null;
    var prover: ?*sheaf.sheaf_prover = null;
    try check(sheaf.sheaf_prover_new(2, &prover, &failure), failure);
    defer sheaf.sheaf_prover_free(prover);

    var group = std.mem.zeroes(sheaf.sheaf_group);
    group.slot = slot;
    group.message = @splat(1);
    group.count = signer_count;

    var signers: [signer_count]Signer = undefined;
    var keys: [signer_count]sheaf.sheaf_bytes = undefined;
    var signatures: [signer_count]sheaf.sheaf_bytes = undefined;
    for (&signers, 0..) |*signer, i| {
        var path: [4096]u8 = undefined;
        const journal = try std.fmt.bufPrintZ(&path, "{s}/zig-signer-{d}.journal", .{ directory, i });
        signer.* = try Signer.init(prover.?, journal, &group.message);
        keys[i] = .{ .data = &signer.public_key, .len = signer.public_key.len };
        signatures[i] = .{ .data = signer.signature.data, .len = signer.signature.len };
    }
    defer for (&signers) |*signer| signer.deinit();
    group.keys = &keys;
    group.signatures = &signatures;

    var proof: sheaf.sheaf_buffer = undefined;
    var deadline = std.time.milliTimestamp() + 60_000;
    try check(sheaf.sheaf_aggregate(prover, scheme, sheaf.SHEAF_RATE_HALF, &group, 1, untilDeadline, &deadline, &proof, &failure), failure);
    defer sheaf.sheaf_buffer_free(&proof);
    std.debug.print("proof of {d} signatures: {d} bytes\n", .{ signer_count, proof.len });

    // The verifier states what it expects: who signed what, and when. None of it is in the proof.
    var claim = group;
    claim.signatures = null;
    try check(sheaf.sheaf_verify(scheme, &claim, 1, proof.data, proof.len, &failure), failure);
    std.debug.print("the proof is valid\n", .{});

    claim.message[31] ^= 1;
    try std.testing.expectError(error.Rejected, check(sheaf.sheaf_verify(scheme, &claim, 1, proof.data, proof.len, &failure), failure));
}
