package engine

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func canonical(t *testing.T, raw string) string {
	t.Helper()
	b, err := CanonicalJSON([]byte(raw))
	require.NoError(t, err, raw)
	return string(b)
}

// The example of RFC 8785 section 3.2.2.
func TestCanonicalExample(t *testing.T) {
	assert.Equal(t,
		`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		canonical(t, `{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`))
}

// The samples of RFC 8785 appendix B.
func TestCanonicalNumbers(t *testing.T) {
	for bits, want := range map[uint64]string{
		0x0000000000000000: "0", 0x8000000000000000: "0",
		0x0000000000000001: "5e-324", 0x8000000000000001: "-5e-324",
		0x7fefffffffffffff: "1.7976931348623157e+308", 0xffefffffffffffff: "-1.7976931348623157e+308",
		0x4340000000000000: "9007199254740992", 0xc340000000000000: "-9007199254740992",
		0x4430000000000000: "295147905179352830000",
		0x44b52d02c7e14af5: "9.999999999999997e+22", 0x44b52d02c7e14af6: "1e+23", 0x44b52d02c7e14af7: "1.0000000000000001e+23",
		0x444b1ae4d6e2ef4e: "999999999999999700000", 0x444b1ae4d6e2ef4f: "999999999999999900000", 0x444b1ae4d6e2ef50: "1e+21",
		0x3eb0c6f7a0b5ed8c: "9.999999999999997e-7", 0x3eb0c6f7a0b5ed8d: "0.000001",
		0x41b3de4355555553: "333333333.3333332", 0x41b3de4355555554: "333333333.33333325", 0x41b3de4355555555: "333333333.3333333",
		0x41b3de4355555556: "333333333.3333334", 0x41b3de4355555557: "333333333.33333343",
		0xbecbf647612f3696: "-0.0000033333333333333333", 0x43143ff3c1cb0959: "1424953923781206.2",
	} {
		got, err := AppendCanonical(nil, math.Float64frombits(bits))
		require.NoError(t, err)
		assert.Equal(t, want, string(got), "%016x", bits)
		assert.Equal(t, want, canonical(t, string(got)), "a second time")
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := AppendCanonical(nil, f)
		require.Error(t, err)
	}
}

func TestIntegersKeepEveryDigit(t *testing.T) {
	for _, n := range []string{"0", "-1", "9007199254740993", "-9223372036854775808", "18446744073709551615", strings.Repeat("9", 60)} {
		assert.Equal(t, n, canonical(t, n))
	}
	assert.Equal(t, "0", canonical(t, "-0"))
	assert.Equal(t, "100", canonical(t, "1e2"))
	assert.Equal(t, "1", canonical(t, "1.0"))
	assert.Equal(t, `{"a":9007199254740993}`, canonical(t, `{"a":9007199254740993}`))
}

func TestOneFormForOneValue(t *testing.T) {
	for _, same := range [][2]string{
		{`{"b":1,"a":2}`, `{ "a" : 2 , "b" : 1 }`},
		{`"\u0041\/\ud83d\ude00"`, `"A/😀"`},
		{`"\u2028<>&"`, "\"\u2028<>&\""},
		{`[1.50]`, `[1.5e0]`},
	} {
		assert.Equal(t, canonical(t, same[0]), canonical(t, same[1]))
	}
	assert.Equal(t, `{"":1,"A":2,"a":3,"é":4,"￿":5,"😀":6}`, canonical(t, `{"😀":6,"￿":5,"é":4,"a":3,"A":2,"":1}`), "by UTF-8 bytes")
	direct, err := AppendCanonical(nil, map[string]any{"n": int64(3), "f": 2.5, "l": []any{true, nil, "x\x7f"}})
	require.NoError(t, err)
	assert.Equal(t, `{"f":2.5,"l":[true,null,"x`+"\x7f"+`"],"n":3}`, string(direct))
}

func TestWhatTwoReadersCouldReadDifferentlyIsRefused(t *testing.T) {
	deep := strings.Repeat("[", 600) + strings.Repeat("]", 600)
	for name, raw := range map[string]string{
		"a key twice": `{"a":1,"a":2}`, "a key twice by escape": `{"a":1,"\u0061":2}`, "more data": `{} {}`, "nothing": ``, "a cut object": `{"a":1`,
		"a cut array": `[1`, "the wrong bracket": `[1}`, "a comma too many": `[1,]`, "no comma": `[1 2]`, "invalid UTF-8": "\"\xff\"",
		"half a pair": `"\ud800"`, "the other half": `"\udc00"`, "two first halves": `"\ud800\ud800"`, "half a pair in a key": `{"\ud800x":1}`,
		"half a pair after a backslash": `"\\\ud800"`, "too deep": deep, "a number too large": `1e400`, "a name": `NaN`, "a leading zero": `01`,
	} {
		_, err := CanonicalJSON([]byte(raw))
		require.Error(t, err, name)
	}
	assert.Equal(t, `"\\ud800"`, canonical(t, `"\\ud800"`), "a backslash and text are no escape")
	_, err := AppendCanonical(nil, struct{}{})
	require.ErrorContains(t, err, "struct {}")
}

func TestDropNulls(t *testing.T) {
	v, err := DecodeJSON([]byte(`{"a":null,"b":{"c":null},"d":[null,{"e":null}],"f":{}}`))
	require.NoError(t, err)
	b, err := AppendCanonical(nil, DropNulls(v))
	require.NoError(t, err)
	assert.Equal(t, `{"b":{},"d":[null,{}],"f":{}}`, string(b), "empty objects stay, and the places of lists")
}

func TestDigests(t *testing.T) {
	d := Sum([]byte("{}"))
	parsed, err := ParseDigest(d.String())
	require.NoError(t, err)
	assert.Equal(t, d, parsed)
	assert.Len(t, d.Short(), 12)
	assert.Empty(t, Digest{}.String())
	assert.Empty(t, Digest{}.Short())
	for _, bad := range []string{"12", strings.Repeat("z", 64), strings.Repeat("0", 66)} {
		_, err := ParseDigest(bad)
		require.Error(t, err)
	}
	zero, err := ParseDigest("")
	require.NoError(t, err)
	assert.True(t, zero.IsZero())
	_, err = SumOf(func() {})
	require.Error(t, err)
}

// FuzzCanonicalJSON: what is canonical stays as it is, says the same as the
// input to another reader, and equal values have one form.
func FuzzCanonicalJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"b":[1,2.50,-0,1e21,1e-7,123456789012345678901234567890],"a":"\u00e9\n\ud83d\ude00"}`, `{"a":{"a":{"a":[{}]}}}`,
		`"\ud800"`, `[1,]`, `1e400`, `295147905179352825856.0`, `-0.0`, `{"\u0000":"\u007f\u2028"}`,
		` { "b" : "\u003c\\" , "a" : [ true , null , { "z" : 1 , "\u0079" : "" } ] } `, `{"a":1,"\u0061":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := CanonicalJSON(raw)
		strict, refused := decodeStrictly(raw)
		if refused != nil {
			require.Error(t, err, "%q", raw)
			return
		}
		fast, decoded := DecodeJSON(raw)
		require.NoError(t, decoded, "%q", raw)
		require.Equal(t, strict, fast, "both readers read %q alike", raw)
		slow, unwritten := AppendCanonical(nil, strict)
		require.Equal(t, unwritten == nil, err == nil, "%q", raw)
		if err != nil {
			return
		}
		require.Equal(t, string(slow), string(once), "both ways write %q alike", raw)
		twice, err := CanonicalJSON(once)
		require.NoError(t, err, "%s from %q", once, raw)
		require.Equal(t, string(once), string(twice))
		require.True(t, json.Valid(once))
		var before, after any
		if json.Unmarshal(raw, &before) == nil {
			require.NoError(t, json.Unmarshal(once, &after))
			require.True(t, reflect.DeepEqual(before, after), "%s from %q", once, raw)
		}
	})
}

// Every byte at every place, among others that are plain and that are not.
func TestPlainBytesAreCountedAsOneByOne(t *testing.T) {
	for _, around := range []string{"a", " ", "\x7f", "!", "#", "[", "]"} {
		for place := range 20 {
			for b := range 256 {
				s := strings.Repeat(around, place) + string([]byte{byte(b)}) + strings.Repeat(around, 19-place)
				want := place
				if plainInside[b] {
					want = len(s)
				}
				require.Equal(t, want, plainBytes(s), "%q", s)
			}
		}
	}
}
