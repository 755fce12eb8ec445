//! The consumer of src/main.rs, in Zig: writes the same proofs and prints the same facts.
//!
//!     consumer DIRECTORY

const std = @import("std");
const sheaf = @cImport(@cInclude("sheaf.h"));

const slot = 7;
const signer_count = 2;

/// Ends the program with the library's own words unless a call has succeeded.
fn require(status: sheaf.sheaf_status, failure: ?*sheaf.sheaf_error) void {
    if (status == sheaf.SHEAF_STATUS_OK) return;
    std.debug.print("{s}: {s}\n", .{ sheaf.sheaf_status_name(status), sheaf.sheaf_error_message(failure) });
    std.process.exit(1);
}

/// Proves and verifies for one scheme; adds the nanoseconds that both took.
fn roundTrip(prover: ?*sheaf.sheaf_prover, scheme: sheaf.sheaf_scheme, prove: *u64, verify: *u64) !sheaf.sheaf_buffer {
    var failure: ?*sheaf.sheaf_error = null;
    var group = std.mem.zeroes(sheaf.sheaf_group);
    group.slot = slot;
    group.message = @splat(1);
    group.count = signer_count;
    var public_keys: [signer_count][sheaf.SHEAF_PUBLIC_KEY_BYTES]u8 = undefined;
    var signatures: [signer_count]sheaf.sheaf_buffer = undefined;
    var keys: [signer_count]sheaf.sheaf_bytes = undefined;
    var slices: [signer_count]sheaf.sheaf_bytes = undefined;
    for (0..signer_count) |i| {
        const seed: [sheaf.SHEAF_SEED_BYTES]u8 = @splat(@intCast(i + 1));
        require(sheaf.sheaf_one_slot_sign(scheme, &seed, slot, &group.message, &public_keys[i], &signatures[i], &failure), failure);
        keys[i] = .{ .data = &public_keys[i], .len = public_keys[i].len };
        slices[i] = .{ .data = signatures[i].data, .len = signatures[i].len };
    }
    defer for (&signatures) |*signature| sheaf.sheaf_buffer_free(signature);
    group.keys = &keys;
    group.signatures = &slices;

    var proof: sheaf.sheaf_buffer = undefined;
    var timer = try std.time.Timer.start();
    require(sheaf.sheaf_aggregate_as(prover, scheme, sheaf.SHEAF_FORM_PROOF, sheaf.SHEAF_RATE_HALF, &group, 1, null, null, &proof, &failure), failure);
    prove.* += timer.lap();

    group.signatures = null;
    require(sheaf.sheaf_verify(scheme, &group, 1, proof.data, proof.len, &failure), failure);
    verify.* += timer.lap();

    group.message = @splat(2);
    if (sheaf.sheaf_verify(scheme, &group, 1, proof.data, proof.len, null) != sheaf.SHEAF_STATUS_REJECTED)
        return error.AnotherMessageNotRejected;
    return proof;
}

pub fn main() !void {
    var arguments = std.process.args();
    _ = arguments.skip();
    var directory = try std.fs.cwd().openDir(arguments.next() orelse return error.DirectoryMissing, .{});
    defer directory.close();

    var failure: ?*sheaf.sheaf_error = null;
    var prover: ?*sheaf.sheaf_prover = null;
    require(sheaf.sheaf_prover_new(2, &prover, &failure), failure);
    defer sheaf.sheaf_prover_free(prover);

    var prove: u64 = 0;
    var verify: u64 = 0;
    const schemes = [_]sheaf.sheaf_scheme{ sheaf.SHEAF_SCHEME_TEST, sheaf.SHEAF_SCHEME_PROD };
    for (schemes, [_][]const u8{ "test.proof", "prod.proof" }) |scheme, name| {
        var proof = try roundTrip(prover, scheme, &prove, &verify);
        defer sheaf.sheaf_buffer_free(&proof);
        try directory.writeFile(.{ .sub_path = name, .data = proof.data[0..proof.len] });
    }

    const build = sheaf.sheaf_build_info();
    var text: [256]u8 = undefined;
    const second: f64 = std.time.ns_per_s;
    const facts = try std.fmt.bufPrint(&text, "simd {s}\ncpu-simd {s}\nprove {d:.6}\nverify {d:.6}\n", .{
        build.simd,                              build.cpu_simd,
        @as(f64, @floatFromInt(prove)) / second, @as(f64, @floatFromInt(verify)) / second,
    });
    try std.fs.File.stdout().writeAll(facts);
}
