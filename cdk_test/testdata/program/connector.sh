# A connector that only knows the verb spec.
[ "$1" = spec ] || exit 1
echo '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object","properties":{}}}}'
