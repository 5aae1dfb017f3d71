package policy

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// list writes n items.
func list(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" }

// hostile are expressions that loop or explode, all of which an honest author could
// write by mistake or a dishonest one on purpose.
func hostile() map[string]string {
	doubled := func(n int, step string) string { return "[[1]]" + strings.Repeat(".map(x, "+step+")", n) }
	text := func(n int) string { return "['aaaaaaaaaaaaaaaa']" + strings.Repeat(".map(x, x+x)", n) + "[0]" }
	all := map[string]string{
		"a loop in a loop": loops(9, 12), "a loop of 10^6": loops(6, 10), "a loop of 10^7 that maps": strings.Replace(loops(7, 10), ".all(", ".exists(", 1),
		"a range of 10^9": "lists.range(1000000000).size() > 0", "ranges of ranges": "lists.range(99999).all(a, lists.range(99999).all(b, a != b || true))",
		"lists doubled": doubled(30, "x+x") + "[0].size() == 1", "lists doubled and compared": doubled(30, "x+x") + " == " + doubled(30, "x+x"),
		"shared lists": doubled(30, "[x,x]") + " == " + doubled(30, "[x,x]"), "shared lists in lists": doubled(40, "[x,x]") + "[0] in " + doubled(40, "[x,x]"),
		"shared maps":    "[dyn({'a':1})]" + strings.Repeat(".map(x, dyn({'a':x,'b':x}))", 30) + " == " + "[dyn({'a':1})]" + strings.Repeat(".map(x, dyn({'a':x,'b':x}))", 30),
		"sets of shared": "sets.contains(" + doubled(20, "[x,x]") + ", " + doubled(20, "[x,x]") + ")", "shared distinct": doubled(24, "[x,x]") + ".distinct().size() == 0",
		"shared flat": doubled(30, "[x,x]") + ".flatten(30).size() == 0", "shared printed": "'%s'.format([" + doubled(30, "[x,x]") + "]) == ''",
		"text doubled": text(30) + ".size() == 1", "text doubled and searched": text(15) + ".indexOf(" + text(14) + "+'b') == 3", "text doubled and compared": text(31) + " == ''",
		"a text replaced by itself": text(14) + ".replace('a', " + text(14) + ") == ''", "nothing replaced": text(14) + ".replace('', " + text(14) + ") == ''",
		"joined": doubled(14, "x+x") + "[0].map(i, 'a').join(" + text(14) + ") == ''", "formatted wide": "'%.999999999f'.format([1.0]) == ''", "formatted deep": "'%.99999999e'.format([1.0]) == ''",
		"split": text(15) + ".split('').map(a, " + text(15) + ".split('')).size() == 1", "characters": text(15) + ".split('').all(c, " + text(15) + ".charAt(5) == c)",
		"a regex of many states": text(15) + ".matches('(((((a{0,10}){0,10}){0,10})b?){0,1}c?){0,1}$')", "a regex too long": "'a'.matches('" + strings.Repeat("a?", 1000) + "')",
		"a regex from a text": "'a'.matches(" + text(10) + ")", "a regex without an end": "'a'.matches('(' + object.metadata.name)", "a regex in a loop": text(14) + ".split('').all(c, " + text(14) + ".matches('^(a|aa)+$'))",
		"found all": text(15) + ".findAll('a*').map(x, " + text(15) + ".findAll('a')).size() == 0", "sorted": text(15) + ".split('').sort().map(x, " + text(15) + ".split('').sort()).size() == 0",
		"a large quantity": "quantity('" + strings.Repeat("9", 100) + "').isGreaterThan(quantity('1'))", "a quantity without an end": "quantity('1e-2147483648').isGreaterThan(quantity('1'))", "numbers that overflow": "9223372036854775807 + object.spec.priority > 0",
		"multiplied": "[9223372036854775807].all(x, x * x > 0)", "the least number": "-(-9223372036854775807 - object.spec.priority) > 0", "a modulus of nothing": "5 % (object.spec.priority - 3) == 0",
		"long": strings.Repeat("true && ", 3000) + "true", "deep": strings.Repeat("(", 5000) + "true" + strings.Repeat(")", 5000), "deep lists": strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + ".size() == 0",
		"deep ifs": strings.Repeat("true ? ", 500) + "true" + strings.Repeat(" : false", 500), "not not": strings.Repeat("!", 1001) + "object.spec.hostPID", "negated": strings.Repeat("-", 999) + "object.spec.hostPID == 0",
		"chained maps": "[1]" + strings.Repeat(".map(x, x)", 500) + ".size() == 2", "selected deep": "object" + strings.Repeat(".a", 2000) + " == 1", "indexed deep": "object" + strings.Repeat("['a']", 500) + " == 1",
		"a NUL": "'\x00' == object.metadata.generateName", "no text": "\xff\xfe", "an open quote": "'abc", "a comment alone": "// nothing", "unknown words": "import('os').exit(1)", "recursion": "variables.x", "a macro misused": "has(1)",
		"a type for a value": "object.spec.hostPID == type(1)", "a timestamp of nowhere": "timestamp(object.metadata.name) == now", "a duration too long": "duration('9999999999999h') > duration('1s')", "a literal too large": "99999999999999999999 > 1",
		"json in a text": "'{{{{'.contains(object.metadata.generateName)", "an address": "ip(object.metadata.name).family() == 4", "a block": "cidr(object.metadata.name).prefixLength() == 4", "a url": "url(object.metadata.name).getHost() == ''",
		"a version": "semver(object.metadata.name).major() == 1", "the authorizer": "authorizer.group('').resource('pods').check('get').allowed()", "who asks": "request.userInfo.username == 'x'", "mixed lists": "[1, 'a'].size() == 2",
		"bytes doubled": "[b'aaaaaaaa']" + strings.Repeat(".map(x, x+x)", 40) + "[0].size() == 1", "the list of everything": "cluster.objects('Secret').size() == 0",
		"nobody": "rbac.can('nobody', 'get', '', 'pods', '')", "nowhere": "network.canReach('a/b', 'c/d')", "a port too high": "network.canReach(object, object, 99999999)", "no direction": "network.defaultDeny('pay', 'up')",
		"facts in loops": "lists.range(99999).all(i, rbac.whoCan('get', '', 'pods', string(i)).size() >= 0)", "an unseen annotation": "object.metadata.annotations.note.matches('.*')", "redacted and joined": "'x' + object.metadata.annotations.note == 'x'",
	}
	for n := range 6 {
		all[fmt.Sprintf("shared %d deep", 22+n)] = doubled(22+n, "[x,x]") + " == " + doubled(22+n, "[x,x]")
	}
	for n := range 4 {
		all[fmt.Sprintf("a list of %d looped %d times", 10+90*n, 8)] = strings.Replace(loops(8, 10+90*n), "true", "a0 > 0", 1)
	}
	return all
}

// loops nests loops over lists of n items.
func loops(deep, n int) string {
	text := "true"
	for i := range deep {
		text = fmt.Sprintf("%s.all(a%d, %s)", list(n), i, text)
	}
	return text
}

func TestHostileExpressionsDecideNothing(t *testing.T) {
	cases := hostile()
	require.GreaterOrEqual(t, len(cases), 80)
	for name, expression := range cases {
		t.Run(name, func(t *testing.T) {
			policies, err := Read([]File{{"p.yaml", []byte(policyOf(expression))}}, World{Areas: testAreas})
			if err != nil {
				assert.NotContains(t, err.Error(), "\n", "one clear line")
				return
			}
			r := newWorld(t, onePod).evaluate(t, policies...)["custom/test"]
			assert.Equal(t, engine.Unknown, r.Verdict, "%v", r.Details)
			assert.NotContains(t, fmt.Sprint(r.Details), "goroutine")
		})
	}
}

// What is refused is paid for as well: an expression may pass over a refusal and ask again.
func TestARegularExpressionThatIsRefusedIsPaidFor(t *testing.T) {
	for name, regex := range map[string]string{
		"many states":  strings.Repeat("a?(a{1,1000})|", 60) + "b",
		"many classes": strings.Repeat(`\\pL`, 330) + "(",
		"a long text":  "(a{1,100}b?){1,9}$",
	} {
		t.Run(name, func(t *testing.T) {
			asked := "(object.metadata.name + '" + strings.Repeat("a", 2000) + "').matches('" + regex + "' + object.metadata.name)"
			d := verdictOf(t, "lists.range(300).all(i, "+asked+" || true)", "")
			assert.Equal(t, engine.Unknown, d.Verdict, d.Sentence)
			assert.Contains(t, d.Sentence, "it costs more than")
		})
	}
	d := verdictOf(t, "lists.range(2000).all(i, object.metadata.name.matches('^[a-z]+(-[a-z0-9]+)*$'))", "")
	assert.Equal(t, engine.Pass, d.Verdict, d.Sentence)
}

func TestVariablesShareWhatAnObjectMayCost(t *testing.T) {
	lines := "variables:\n- {name: v0, expression: \"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\"}\n"
	for i := range 60 {
		lines += fmt.Sprintf("- {name: v%d, expression: variables.v%d + variables.v%d}\n", i+1, i, i)
	}
	d := verdictOf(t, "variables.v60.size() > 0", lines)
	assert.Equal(t, engine.Unknown, d.Verdict)
	assert.Contains(t, d.Sentence, "too large")
}

func TestWhatAPolicyMayCostOverATarget(t *testing.T) {
	w := newWorld(t, strings.Repeat(onePod+"\n---\n", 200))
	p := read(t, policyOf("lists.range(60000).all(i, i >= 0)"))
	r := w.evaluate(t, p...)["custom/test"]
	assert.Equal(t, engine.Unknown, r.Verdict)
	assert.Positive(t, r.Count(engine.Pass))
	assert.Contains(t, fmt.Sprint(r.Details), "used up")
}

func TestWhatPoliciesMayCostTogether(t *testing.T) {
	w := newWorld(t, onePod)
	v := engine.NewView(&w.snapshot, w.document, w.params)
	left := engine.Memo(v, purseKey{}, func() *purse { return &purse{200_000} })
	p := read(t, policyOf("lists.range(10000).all(i, i >= 0)"))[0]
	assert.Equal(t, engine.Pass, p.Check.Eval(v)[0].Verdict)
	assert.Less(t, left.left, uint64(200_000))
	d := p.Check.Eval(v)[0]
	for range 10 {
		d = p.Check.Eval(v)[0]
	}
	assert.Equal(t, engine.Unknown, d.Verdict)
	assert.Contains(t, d.Sentence, "together")
}

func TestAStoppedRunKeepsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	w := newWorld(t, onePod)
	p := read(t, policyOf("lists.range(60000).all(i, i >= 0)"))[0]
	eval := p.Check.Eval
	p.Check.Eval = func(v *engine.View) []engine.Detail {
		cancel()
		details := eval(v)
		assert.Equal(t, engine.Unknown, details[0].Verdict)
		assert.Contains(t, details[0].Sentence, "stopped")
		return details
	}
	_, err := engine.Evaluate(ctx, []engine.Check{p.Check}, []engine.Snapshot{w.snapshot}, w.document, w.params)
	require.ErrorIs(t, err, context.Canceled)
}
