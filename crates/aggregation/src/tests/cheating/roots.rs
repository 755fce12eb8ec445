//! Roots of polynomials over the extension field, for provers that solve for what they send.

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::EF;
use sheaf_transcript::field::ORDER;

/// Coefficients, constant first, without leading zeros.
type Polynomial = Vec<EF>;

fn trim(mut f: Polynomial) -> Polynomial {
    while f.last() == Some(&EF::ZERO) {
        f.pop();
    }
    f
}

fn rem(mut f: Polynomial, modulus: &Polynomial) -> Polynomial {
    let inverse = modulus[modulus.len() - 1].inverse();
    while f.len() >= modulus.len() {
        let scale = f[f.len() - 1] * inverse;
        let shift = f.len() - modulus.len();
        for (i, &m) in modulus.iter().enumerate() {
            f[shift + i] -= scale * m;
        }
        f.pop();
    }
    trim(f)
}

fn mul(f: &Polynomial, g: &Polynomial, modulus: &Polynomial) -> Polynomial {
    let mut product = vec![EF::ZERO; (f.len() + g.len()).saturating_sub(1)];
    for (i, &x) in f.iter().enumerate() {
        for (j, &y) in g.iter().enumerate() {
            product[i + j] += x * y;
        }
    }
    rem(product, modulus)
}

fn pow(f: &Polynomial, exponent: u32, modulus: &Polynomial) -> Polynomial {
    let mut result = rem(vec![EF::ONE], modulus);
    for bit in (0..32).rev() {
        result = mul(&result, &result, modulus);
        if exponent >> bit & 1 == 1 {
            result = mul(&result, f, modulus);
        }
    }
    result
}

fn sub(mut f: Polynomial, g: &Polynomial) -> Polynomial {
    f.resize(f.len().max(g.len()), EF::ZERO);
    for (x, &y) in f.iter_mut().zip(g) {
        *x -= y;
    }
    trim(f)
}

fn gcd(mut f: Polynomial, mut g: Polynomial) -> Polynomial {
    while !g.is_empty() {
        let r = rem(f, &g);
        (f, g) = (g, r);
    }
    f
}

/// A root of the polynomial with the given coefficients, constant first, if it has one.
///
/// Cantor and Zassenhaus: the product of the linear factors is `gcd(X^q - X, f)`, and
/// `(X + a)^((q-1)/2)` is 1 at about half of the roots.
pub(super) fn root(coefficients: &[EF]) -> Option<EF> {
    let f = trim(coefficients.to_vec());
    if f.len() < 2 {
        return None;
    }
    let x = vec![EF::ZERO, EF::ONE];
    let frobenius = (0..5).fold(rem(x.clone(), &f), |h, _| pow(&h, ORDER, &f));
    let mut linear = gcd(f.clone(), sub(frobenius, &rem(x, &f)));
    let mut shift = EF::from_u32(3);
    while linear.len() > 2 {
        shift = shift.square() + EF::GENERATOR;
        // (q-1)/2 = (p-1)/2 (1 + p + p^2 + p^3 + p^4).
        let mut power = pow(&vec![shift, EF::ONE], (ORDER - 1) / 2, &linear);
        let mut half = power.clone();
        for _ in 0..4 {
            power = pow(&power, ORDER, &linear);
            half = mul(&half, &power, &linear);
        }
        let factor = gcd(linear.clone(), sub(half, &vec![EF::ONE]));
        if (2..linear.len()).contains(&factor.len()) {
            linear = factor;
        }
    }
    (linear.len() == 2).then(|| -linear[0] * linear[1].inverse())
}

#[test]
fn roots_are_roots() {
    let evaluate = |f: &[EF], x: EF| f.iter().rev().fold(EF::ZERO, |v, &c| v * x + c);
    let mut found = 0;
    for seed in 1..20u32 {
        let f: Vec<EF> = (1..8)
            .map(|i| EF::GENERATOR.exp_u64(u64::from(seed * i * i)))
            .collect();
        if let Some(x) = root(&f) {
            assert_eq!(evaluate(&f, x), EF::ZERO);
            found += 1;
        }
    }
    // A polynomial of degree 6 has a root with probability 1 - 1/e, nearly.
    assert!(found >= 5);
    let r = EF::GENERATOR;
    assert_eq!(root(&[-r, EF::ONE]), Some(r));
}
