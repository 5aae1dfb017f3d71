package network

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// FuzzPolicies takes any text for the spec of a policy of each kind: what is possible
// always holds what is allowed, and a policy that is not understood is named.
func FuzzPolicies(f *testing.F) {
	for _, seed := range []string{
		`{"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}], "ports": [{"port": "web"}]}]}`,
		`{"podSelector": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, "policyTypes": ["Egress"], "egress": [{"ports": [{"port": 1, "endPort": 9}]}]}`,
		`{"tier": "Admin", "priority": 1, "subject": {"namespaces": {}}, "egress": [{"action": "Pass", "to": [{"networks": ["::/0"]}], "protocols": [{"tcp": {"destinationPort": {"number": 1}}}]}]}`,
		`{"priority": 1, "subject": {"pods": {"namespaceSelector": {}, "podSelector": {}}}, "ingress": [{"action": "Deny", "from": [{"namespaces": {}}], "ports": [{"portRange": {"start": 1, "end": 2}}, {"namedPort": "web"}]}]}`,
		`{"subject": {"namespaces": {"sameLabels": ["x"]}}, "egress": [{"action": "Allow", "to": [{"nodes": {}}, {"domainNames": ["x"]}]}]}`,
	} {
		f.Add(seed)
	}
	base := twoPods()
	f.Fuzz(func(t *testing.T, spec string) {
		if !json.Valid([]byte(spec)) {
			return
		}
		c := fromYAML(t, base...)
		for _, kind := range []engine.Kind{PolicyKind, AdminPolicyKind, BaselinePolicyKind, ClusterPolicyKind} {
			ref := engine.Ref{Group: kind.Group, Kind: kind.Kind, Name: "fuzzed"}
			if kind == PolicyKind {
				ref.Namespace = "nb"
			}
			d := engine.NewDocument(ref, []byte(`{"spec":`+spec+`}`))
			c.bodies[d.Digest] = d.Body
			c.snapshot.Entries = append(c.snapshot.Entries, engine.Entry{Ref: ref, Digest: d.Digest})
		}
		a := c.analyse()
		for connection := range a.Connections() {
			require.True(t, connection.Possible.contains(connection.Allowed), connection.String())
		}
		_ = a.Reach(Selection{})
		_, err := a.Explain("na/a", "nb/b")
		require.NoError(t, err)
	})
}

// FuzzBlock takes any CIDR and exception: an address is in the block if it is in the
// one and not in the other.
func FuzzBlock(f *testing.F) {
	f.Add("10.0.0.0/8", "10.128.0.0/9", "10.200.0.1")
	f.Add("::/0", "fd00::/8", "fd00::1")
	f.Add("0.0.0.0/0", "255.255.255.255/32", "255.255.255.255")
	f.Fuzz(func(t *testing.T, cidr, except, text string) {
		address, err := netip.ParseAddr(text)
		b, wrong := newBlock(cidr, []string{except})
		if err != nil || wrong != nil || address.Zone() != "" {
			return
		}
		in := netip.MustParsePrefix(cidr).Contains(address) && !netip.MustParsePrefix(except).Contains(address)
		all := parts([]block{b})
		i := partAt(all, address)
		require.True(t, all[i].contains(address))
		require.Equal(t, in, b.holds(all[i]))
		require.Equal(t, in, b.holds(AddressRange{address, address}))
	})
}
