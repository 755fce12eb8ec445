//! Signs twice, aggregates and verifies, with the parameters of Lean Ethereum clients.
const std = @import("std");
const sheaf = @cImport(@cInclude("sheaf.h"));
const scheme = sheaf.SHEAF_SCHEME_PROD;

fn check(status: sheaf.sheaf_status) !void {
    if (status != sheaf.SHEAF_STATUS_OK) return error.Sheaf;
}

pub fn main() !void {
    var group = std.mem.zeroes(sheaf.sheaf_group);
    group.slot = 7;
    var public_keys: [2][sheaf.SHEAF_PUBLIC_KEY_BYTES]u8 = undefined;
    var buffers: [2]sheaf.sheaf_buffer = undefined;
    var keys: [2]sheaf.sheaf_bytes = undefined;
    var signatures: [2]sheaf.sheaf_bytes = undefined;
    for (0..2) |i| {
        const seed: [sheaf.SHEAF_SEED_BYTES]u8 = @splat(@intCast(i));
        try check(sheaf.sheaf_one_slot_sign(scheme, &seed, group.slot, &group.message, &public_keys[i], &buffers[i], null));
        keys[i] = .{ .data = &public_keys[i], .len = public_keys[i].len };
        signatures[i] = .{ .data = buffers[i].data, .len = buffers[i].len };
    }
    group.keys = &keys;
    group.signatures = &signatures;
    group.count = 2;

    var prover: ?*sheaf.sheaf_prover = null;
    try check(sheaf.sheaf_prover_new(2, &prover, null));
    var proof: sheaf.sheaf_buffer = undefined;
    try check(sheaf.sheaf_aggregate_as(prover, scheme, sheaf.SHEAF_FORM_PROOF, sheaf.SHEAF_RATE_HALF, &group, 1, null, null, &proof, null));
    try check(sheaf.sheaf_verify(scheme, &group, 1, proof.data, proof.len, null));
    std.debug.print("two signatures, a proof of {d} bytes\n", .{proof.len});
}
