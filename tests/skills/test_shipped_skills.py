from sfv.names.skill import CARD, SHIPPED, read_skill
from sfv.skills.player import Player

LIMIT_BYTES = 10_000_000


def test_every_shipped_skill_plays_without_a_fall():
    for card in sorted(SHIPPED.glob(f"*/*/{CARD}")):
        skill = read_skill(card.parent)
        assert (skill.card.character, skill.card.name) == (card.parent.parent.name, card.parent.name)
        assert "not stated" not in (skill.card.source, skill.card.credit, skill.card.licence), card
        player = Player(skill.run_folder())
        for _ in range(20):
            player.step()
        assert player.falls == 0, card
        assert player.mean_reward > 0.5 * skill.card.nr, card


def test_shipped_skills_are_small():
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) < LIMIT_BYTES
