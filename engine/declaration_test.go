package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADeclarationIsUnderstoodOrRefused(t *testing.T) {
	for _, d := range []Declaration{
		{From: "shop/cart", To: "pay/api", Ports: "TCP 8443"},
		{From: "shop/*", To: "pay/[a-z]*", Ports: "TCP 1-65535,UDP 53,54"},
		{From: "192.0.2.0/24", To: "pay/api", Ports: "SCTP 9"},
		{From: "{ingress-controller}", To: "pay/api", Ports: AllPortsText},
		{From: "pay/api", To: "2001:db8::/32", Ports: "TCP 443"},
		{From: "::/0", To: "::/0", Ports: "TCP 443"},
	} {
		require.NoError(t, d.Check(), "%+v", d)
		again, err := ParseDeclaration(d.String())
		require.NoError(t, err)
		assert.Equal(t, d, again)
	}
	_, err := ParseDeclaration("shop/cart -> pay/api")
	require.ErrorContains(t, err, "FROM => TO : PORTS")
	for _, c := range []struct {
		d    Declaration
		want string
	}{
		{Declaration{From: "cart", To: "pay/api", Ports: "TCP 1"}, "neither NAMESPACE/WORKLOAD"},
		{Declaration{From: "a/b/c", To: "pay/api", Ports: "TCP 1"}, "neither NAMESPACE/WORKLOAD"},
		{Declaration{From: "shop/[", To: "pay/api", Ports: "TCP 1"}, "syntax error"},
		{Declaration{From: "shop/cart", To: "{gateway}", Ports: "TCP 1"}, "only a connection from it"},
		{Declaration{From: "shop/cart", To: "pay/api", Ports: ""}, "names neither"},
		{Declaration{From: "shop/cart", To: "pay/api", Ports: "8443"}, "names neither"},
		{Declaration{From: "shop/cart", To: "pay/api", Ports: "TCP 0"}, "is no port"},
		{Declaration{From: "shop/cart", To: "pay/api", Ports: "TCP 70000"}, "is no port"},
		{Declaration{From: "shop/cart", To: "pay/api", Ports: "TCP 9-8"}, "is no port"},
		{Declaration{From: "shop/cart", To: "pay/api", Ports: "ICMP 8"}, "names neither"},
	} {
		assert.ErrorContains(t, c.d.Check(), c.want, "%+v", c.d)
	}
	ports, err := ParsePorts("TCP 8443, 9000-9010,UDP 53")
	require.NoError(t, err)
	assert.Equal(t, []PortRange{{"TCP", 8443, 8443}, {"TCP", 9000, 9010}, {"UDP", 53, 53}}, ports)
}

func FuzzParsePorts(f *testing.F) {
	f.Add("TCP 8443,9000-9010,UDP 53")
	f.Fuzz(func(t *testing.T, text string) {
		ports, err := ParsePorts(text)
		for _, p := range ports {
			if err != nil || p.From < 1 || p.To < p.From || p.To > 65535 {
				t.Fatalf("%q: %+v %v", text, ports, err)
			}
		}
	})
}
