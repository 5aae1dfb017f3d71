package network

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// familyPod is a pod with an address of each family that it has.
type familyPod struct {
	name, namespace, app string
	v4, v6               []byte // of 4 and of 16 bytes
}

func (p familyPod) workload() string { return p.namespace + "/" + p.name + "[Pod]" }

// of returns the address of a family, nil where the pod has none of it.
func (p familyPod) of(four bool) []byte {
	if four {
		return p.v4
	}
	return p.v6
}

// single reports whether a pod has an address of one family alone.
func (p familyPod) single() bool { return p.v4 == nil || p.v6 == nil }

// familyPolicy is a policy as it is thrown: one rule for each direction that has one.
type familyPolicy struct {
	namespace, app  string // of the pods that it is for; "" is all
	ingress, egress *familyRule
}

// familyRule is peers, none of which are all, and ports, 0 for all.
type familyRule struct {
	peers []familyPeer
	port  int
}

// familyPeer is a block of addresses with exceptions, or the pods of a label.
type familyPeer struct {
	cidr   string
	except []string
	app    string
}

// within reads a CIDR bit by bit.
func within(cidr string, address []byte) bool {
	text, length, _ := strings.Cut(cidr, "/")
	start, bits := []byte(net.ParseIP(text)), 0
	if _, err := fmt.Sscan(length, &bits); err != nil {
		panic(err)
	}
	if !strings.Contains(text, ":") {
		start = start[12:]
	}
	if len(start) != len(address) {
		return false
	}
	for bit := range bits {
		if (start[bit/8]^address[bit/8])&(0x80>>(bit%8)) != 0 {
			return false
		}
	}
	return true
}

func (r *familyRule) allows(namespace string, other familyPod, four bool, port int) bool {
	if r.port != 0 && r.port != port {
		return false
	}
	for _, p := range r.peers {
		if p.cidr == "" {
			if other.namespace == namespace && other.app == p.app {
				return true
			}
			continue
		}
		in := within(p.cidr, other.of(four))
		for _, e := range p.except {
			in = in && !within(e, other.of(four))
		}
		if in {
			return true
		}
	}
	return len(r.peers) == 0
}

// passes decides one direction over one family: a pod that a policy is for may what one
// of them allows.
func passes(policies []familyPolicy, d Direction, own, other familyPod, four bool, port int) bool {
	isolated := false
	for _, p := range policies {
		rule := p.ingress
		if d == Egress {
			rule = p.egress
		}
		if rule == nil || p.namespace != own.namespace || p.app != "" && p.app != own.app {
			continue
		}
		if isolated = true; rule.allows(p.namespace, other, four, port) {
			return true
		}
	}
	return !isolated
}

func (d dice) familyRule() *familyRule {
	r := &familyRule{port: pick(d, 0, 80)}
	for range d.IntN(3) {
		block := pick(d,
			familyPeer{app: pick(d, "a", "b")},
			familyPeer{cidr: "10.0.0.0/30"}, familyPeer{cidr: "10.0.0.0/24", except: []string{"10.0.0.2/31"}}, familyPeer{cidr: "0.0.0.0/0", except: []string{"10.0.0.1/32", "10.0.0.4/32"}},
			familyPeer{cidr: "fd00::/126"}, familyPeer{cidr: "fd00::/64", except: []string{"fd00::2/127"}}, familyPeer{cidr: "::/0", except: []string{"fd00::1/128", "fd00::4/128"}},
			familyPeer{cidr: "0.0.0.0/0"}, familyPeer{cidr: "::/0"})
		r.peers = append(r.peers, block)
	}
	return r
}

// yaml writes a policy.
func (p familyPolicy) yaml(i int) string {
	rule := func(key string, r *familyRule) string {
		var peers []string
		for _, p := range r.peers {
			if p.cidr == "" {
				peers = append(peers, "{podSelector: {matchLabels: {app: "+p.app+"}}}")
				continue
			}
			peers = append(peers, fmt.Sprintf(`{ipBlock: {cidr: "%s", except: ["%s"]}}`, p.cidr, strings.Join(p.except, `", "`)))
		}
		ports := ""
		if r.port != 0 {
			ports = fmt.Sprintf(", ports: [{port: %d}]", r.port)
		}
		return strings.ReplaceAll("[{"+key+": ["+strings.Join(peers, ", ")+"]"+ports+"}]", `, except: [""]`, "")
	}
	selector, types, rules := "{}", []string{}, ""
	if p.app != "" {
		selector = "{matchLabels: {app: " + p.app + "}}"
	}
	if p.ingress != nil {
		types, rules = append(types, "Ingress"), rules+", ingress: "+rule("from", p.ingress)
	}
	if p.egress != nil {
		types, rules = append(types, "Egress"), rules+", egress: "+rule("to", p.egress)
	}
	return fmt.Sprintf("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p%d, namespace: %s}\nspec: {podSelector: %s, policyTypes: [%s]%s}", i, p.namespace, selector, strings.Join(types, ", "), rules)
}

// toldApart wants of a connection that it says exactly what goes over each family.
func toldApart(t *testing.T, of Connection, over [2]bool, some bool, port int32, said string) {
	t.Helper()
	for i, f := range []string{"IPv4", "IPv6"} {
		at := Family{f, of.Allowed, of.Possible}
		if of.Families != nil {
			at = of.Families[i]
		}
		require.Equal(t, f, at.Name)
		require.Equal(t, over[i], at.Allowed.Contains(TCP, port), "%s over %s", said, f)
		require.Equal(t, over[i], at.Possible.Contains(TCP, port), "%s over %s", said, f)
	}
	require.False(t, over[0] != over[1] && of.Families == nil, said)
	require.Equal(t, some, of.Allowed.Contains(TCP, port), said)
	require.Equal(t, some, of.Possible.Contains(TCP, port), said)
}

// TestFamilies holds the analysis of pods with addresses of both families, of one, or in the
// other's spelling against a reading of the rules of its own, which follows one connection
// over one family at a time: what goes over any of them is said to, between pods of one family,
// and of one and both, nothing else is, and between pods of both what goes over each is.
func TestFamilies(t *testing.T) {
	goes, not, exact, both, differs := 0, 0, 0, 0, 0
	for seed := range uint64(400) {
		d := dice{Rand: rand.New(rand.NewPCG(seed, 7))}
		var pods []familyPod
		var documents []string
		for i := range 6 {
			p := familyPod{name: fmt.Sprintf("p%d", i), namespace: pick(d, "n0", "n1"), app: pick(d, "a", "b")}
			four, six := fmt.Sprintf("10.0.0.%d", i), fmt.Sprintf("fd00::%d", i)
			var said []string
			families := d.IntN(4)
			if families != 0 {
				p.v4 = net.ParseIP(four).To4()
				said = append(said, pick(d, four, "::ffff:"+four))
			}
			if families != 1 {
				p.v6 = net.ParseIP(six)
				said = append(said, pick(d, six, "fd00:0:0:0::"+six[6:]))
			}
			d.Shuffle(len(said), func(i, j int) { said[i], said[j] = said[j], said[i] })
			documents = append(documents, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: %s, labels: {app: %s}}\nspec: {containers: []}\nstatus: {podIP: '%s', podIPs: [{ip: '%s'}]}",
				p.name, p.namespace, p.app, said[0], strings.Join(said, "'}, {ip: '")))
			pods = append(pods, p)
		}
		documents = append(documents, "apiVersion: v1\nkind: Namespace\nmetadata: {name: n0}", "apiVersion: v1\nkind: Namespace\nmetadata: {name: n1}")
		var policies []familyPolicy
		for i := range 1 + d.IntN(4) {
			p := familyPolicy{namespace: pick(d, "n0", "n1"), app: pick(d, "", "a", "b")}
			if d.one(2) {
				p.ingress = d.familyRule()
			}
			if p.ingress == nil || d.one(2) {
				p.egress = d.familyRule()
			}
			policies = append(policies, p)
			documents = append(documents, p.yaml(i))
		}
		a := fromYAML(t, documents...).analyse()
		got := connectionsOf(t, a)
		for _, from := range pods {
			for _, to := range pods {
				if from.name == to.name {
					continue
				}
				for _, port := range []int{80, 81} {
					some, over := false, [2]bool{}
					for i, four := range []bool{true, false} {
						over[i] = from.of(four) != nil && to.of(four) != nil &&
							passes(policies, Egress, from, to, four, port) && passes(policies, Ingress, to, from, four, port)
						some = some || over[i]
					}
					of := got[[2]string{from.workload(), to.workload()}]
					said := fmt.Sprintf("seed %d: %s to %s on %d\n%s", seed, from.workload(), to.workload(), port, strings.Join(documents, "\n---\n"))
					if some {
						goes++
						require.True(t, of.Allowed.Contains(TCP, int32(port)), said)
						require.True(t, of.Possible.Contains(TCP, int32(port)), said)
					}
					if !from.single() && !to.single() { // both families, each by itself
						both++
						if over[0] != over[1] {
							differs++
						}
						toldApart(t, of, over, some, int32(port), said)
					}
					if from.single() != to.single() || from.single() && (from.v4 == nil) == (to.v4 == nil) {
						exact++
						require.Equal(t, some, of.Allowed.Contains(TCP, int32(port)), said)
						require.Equal(t, some, of.Possible.Contains(TCP, int32(port)), said)
					}
					not += map[bool]int{false: 1}[some]
				}
			}
		}
	}
	for what, n := range map[string]int{"goes": goes, "does not": not, "is told exactly": exact, "is told by family": both, "differs": differs} {
		require.Greater(t, n, 1000, what)
	}
}

// A block of IPv4 in the form of IPv6 is read in two ways: nothing is closed by it for sure.
func TestBlocksInTheFormOfIPv6(t *testing.T) {
	const from = `{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: na, labels: {app: a}}, status: {podIP: 10.0.0.1}}`
	const to = `{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: na, labels: {app: b}}, status: {podIP: 10.0.0.2}}`
	policy := func(cidr string) string {
		return `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: na}, spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "` + cidr + `"}}]}]}}`
	}
	for cidr, want := range map[string][2]bool{ // allowed, possible
		"10.0.0.0/24": {true, true}, "10.1.0.0/24": {false, false}, "::/0": {false, false}, "::ffff:10.0.0.0/120": {false, true}, "::ffff:0:0/96": {false, true},
	} {
		a := fromYAML(t, from, to, policy(cidr)).analyse()
		of := connectionsOf(t, a)[[2]string{"na/a[Pod]", "na/b[Pod]"}]
		require.Equal(t, want, [2]bool{of.Allowed.Contains(TCP, 80), of.Possible.Contains(TCP, 80)}, cidr)
		said := false
		for _, g := range a.Gaps() {
			said = said || strings.Contains(g.Cause, "what a policy means")
		}
		require.Equal(t, want[0] != want[1], said, cidr)
	}
}

// What a block of one family lets through is said to go over that one: in lists, in the matrix,
// and of what decides it.
func TestWhichFamilyGoes(t *testing.T) {
	pod := func(name string, i int) string {
		return fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: %[1]s, namespace: na, labels: {app: %[1]s}}, status: {podIP: 10.0.0.%[2]d, podIPs: [{ip: 10.0.0.%[2]d}, {ip: 'fd00::%[2]d'}]}}`, name, i)
	}
	policy := func(name, app, rules string) string {
		return `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ` + name + `, namespace: na}, spec: {podSelector: {matchLabels: {app: ` + app + `}}, ` + rules + `}}`
	}
	four, six := `ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/24}}], ports: [{port: 80}]}]`, `ingress: [{from: [{ipBlock: {cidr: 'fd00::/64'}}], ports: [{port: 80}]}]`
	out := `policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/24}}]}]`
	for name, c := range map[string]struct {
		policies []string
		want     string // from a to b
		split    int    // pairs of the matrix
	}{
		"one family":            {[]string{policy("p", "b", four)}, "TCP 80 (IPv4: TCP 80; IPv6: No Connections)", 1},
		"the other":             {[]string{policy("p", "b", six)}, "TCP 80 (IPv4: No Connections; IPv6: TCP 80)", 1},
		"both":                  {[]string{policy("p", "b", four), policy("q", "b", six)}, "TCP 80", 0},
		"more over one":         {[]string{policy("p", "b", four), policy("q", "b", strings.Replace(six, "80", "81", 1))}, "TCP 80-81 (IPv4: TCP 80; IPv6: TCP 81)", 1},
		"out by one, in by the": {[]string{policy("p", "b", six), policy("q", "a", out)}, "", 0},
		"pods, not blocks":      {[]string{policy("p", "b", "ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]")}, "TCP 80", 0},
	} {
		a := fromYAML(t, append(c.policies, pod("a", 1), pod("b", 2), "{apiVersion: v1, kind: Namespace, metadata: {name: na}}")...).analyse()
		got := ""
		for connection := range a.Connections() {
			if connection.From == "na/a[Pod]" && connection.To == "na/b[Pod]" {
				got = connection.Text(false)
				require.Equal(t, got, connection.Text(true), name)
			}
		}
		require.Equal(t, c.want, got, name)
		require.Equal(t, c.split, a.Matrix().Cells[0][0].Split, name)
	}
	x, err := fromYAML(t, policy("p", "b", four), pod("a", 1), pod("b", 2)).analyse().Explain("na/a", "na/b")
	require.NoError(t, err)
	said := []string{}
	for _, e := range x.Effects {
		said = append(said, e.String())
	}
	require.Equal(t, []string{
		"ingress: NetworkPolicy.networking.k8s.io na/p allows TCP 80 (rule 1), over IPv4",
		"ingress: NetworkPolicy.networking.k8s.io na/p isolates, and no rule of it matches, over IPv6",
	}, said)
	require.Len(t, x.Connection.Families, 2)
}
