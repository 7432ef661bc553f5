#include "words.h"

/*
 * Method: in alphabetical order, so that a person finds a word again. Within a
 * list any two words differ in their first four letters and in at least two
 * letters in all. A list never changes: fingerprints in it are on paper.
 */
static const char *const lists[WORDS_LANGUAGE_COUNT][WORDS_LIST_SIZE] = {
	[WORDS_ENGLISH] = {
		"acorn", "almond", "anchor", "ankle", "apple", "apron", "arrow", "aspen",
		"autumn", "badge", "bagel", "bamboo", "banjo", "barrel", "basket", "beacon",
		"beaver", "bicycle", "biscuit", "blanket", "bonfire", "bottle", "branch",
		"bridge", "bronze", "bucket", "butter", "cabin", "cactus", "camera", "candle",
		"carpet", "castle", "cedar", "chalk", "cherry", "chimney", "cinema", "circus",
		"clover", "cobalt", "coffee", "comet", "copper", "cotton", "cousin", "cradle",
		"crayon", "cricket", "crystal", "cushion", "dagger", "daisy", "dance", "debris",
		"dentist", "desert", "diamond", "dinner", "dolphin", "donkey", "dragon",
		"drawer", "drum", "eagle", "eclipse", "elbow", "emerald", "engine", "escort",
		"evening", "fabric", "falcon", "farmer", "feather", "fennel", "fiddle",
		"finger", "flannel", "flute", "forest", "fossil", "frost", "galaxy", "garden",
		"garlic", "gentle", "giant", "glacier", "glove", "golden", "goose", "granite",
		"grape", "guitar", "gypsum", "hammer", "harbour", "hazel", "helmet", "heron",
		"hickory", "hockey", "honey", "horizon", "hunter", "iceberg", "igloo", "indigo",
		"insect", "island", "ivory", "jacket", "jaguar", "jasmine", "jelly", "jersey",
		"jigsaw", "jungle", "kayak", "kettle", "kidney", "kingdom", "kitchen", "ladder",
		"lagoon", "lantern", "lemon", "leopard", "library", "lilac", "linen", "lizard",
		"lobster", "lotus", "lumber", "lunch", "magnet", "mango", "maple", "marble",
		"meadow", "melody", "mercury", "mirror", "mosaic", "muffin", "museum",
		"mustard", "napkin", "nectar", "needle", "nickel", "noodle", "north", "nutmeg",
		"oasis", "object", "ocean", "olive", "onion", "opera", "orange", "orbit",
		"orchid", "otter", "oyster", "paddle", "palace", "panda", "parrot", "pebble",
		"pelican", "pencil", "pepper", "piano", "pigeon", "pillow", "planet", "plum",
		"pocket", "polar", "pony", "potato", "prairie", "prince", "puzzle", "pyramid",
		"quartz", "quiver", "rabbit", "radar", "rainbow", "raven", "ribbon", "river",
		"robin", "rubber", "salmon", "sandal", "scarf", "school", "season", "shadow",
		"shovel", "silver", "sister", "skate", "slipper", "spider", "sponge", "statue",
		"sunset", "swan", "syrup", "table", "teapot", "temple", "thunder", "ticket",
		"tiger", "timber", "tomato", "topaz", "tractor", "trumpet", "tulip", "tunnel",
		"turtle", "twelve", "unicorn", "uniform", "urban", "valley", "vanilla",
		"velvet", "village", "violin", "vision", "volcano", "voyage", "wagon", "walnut",
		"walrus", "weasel", "whisper", "window", "winter", "wolf", "yacht", "yellow",
		"yogurt", "zebra", "zenith", "zigzag", "zinc",
	},
	[WORDS_RUSSIAN] = {
		"абрикос", "автобус", "адмирал", "айсберг", "аккорд", "алмаз", "альбом",
		"ананас", "аптека", "арбуз", "артист", "асфальт", "атлас", "балкон", "банан",
		"барабан", "бассейн", "белка", "берёза", "билет", "блокнот", "бобр", "болото",
		"ботинок", "бронза", "бублик", "бульвар", "вагон", "валенок", "варенье",
		"василёк", "ведро", "великан", "вертолёт", "ветер", "виноград", "вишня",
		"водопад", "воздух", "вокзал", "ворона", "выставка", "газета", "галстук",
		"гвоздика", "герань", "гитара", "глобус", "голубь", "гора", "граница", "груша",
		"гусеница", "дача", "двор", "дельфин", "деревня", "диван", "дирижёр", "доктор",
		"дракон", "дыня", "ежевика", "енот", "железо", "жемчуг", "жираф", "журнал",
		"забор", "загадка", "запад", "звезда", "зебра", "зелень", "зеркало", "зима",
		"змея", "знамя", "зонтик", "игла", "изумруд", "индюк", "инженер", "ирис",
		"искра", "кабинет", "камень", "капуста", "карта", "квартира", "кирпич",
		"клевер", "ключ", "книга", "ковёр", "колокол", "комета", "конверт", "корабль",
		"крыло", "кувшин", "кукла", "курица", "кухня", "лагерь", "ладонь", "лампа",
		"ласточка", "лебедь", "лента", "лестница", "лимон", "линейка", "лисица",
		"лодка", "лосось", "лыжи", "магнит", "малина", "мандарин", "маршрут", "масло",
		"матрос", "медведь", "мельница", "месяц", "металл", "микрофон", "монета",
		"морковь", "мост", "музыка", "народ", "наука", "небо", "неделя", "ножницы",
		"носорог", "облако", "обувь", "овраг", "огурец", "одеяло", "озеро", "окно",
		"орех", "оркестр", "осень", "остров", "отпуск", "павлин", "палатка", "парус",
		"перец", "песня", "петух", "печать", "пианино", "пингвин", "пирог", "письмо",
		"платье", "победа", "подушка", "поезд", "помидор", "портрет", "посуда", "почта",
		"праздник", "природа", "пуговица", "пустыня", "пчела", "пшеница", "радуга",
		"ракушка", "рельсы", "рисунок", "робот", "рубашка", "ручей", "рыба", "рюкзак",
		"рябина", "садовник", "салат", "самолёт", "сапог", "свеча", "секунда", "сирень",
		"сказка", "скрипка", "слива", "снег", "собака", "солнце", "сосна", "спичка",
		"стакан", "суббота", "сумка", "сундук", "табурет", "танец", "тарелка", "театр",
		"телефон", "тетрадь", "тигр", "тишина", "топор", "трава", "туман", "улица",
		"утюг", "учитель", "фабрика", "факел", "фартук", "фиалка", "филин", "флаг",
		"фонарь", "фортуна", "футбол", "хлеб", "холод", "хомяк", "храм", "цапля",
		"цветок", "церковь", "цирк", "чайник", "часы", "человек", "черника", "четверг",
		"чудо", "шахматы", "шёлк", "шиповник", "шкаф", "школа", "шляпа", "экран",
		"эскимо", "этаж", "юность", "яблоко", "якорь", "январь", "ястреб", "ящерица",
	},
};

const char *words_at(enum words_language language, uint8_t place)
{
	return lists[language][place];
}

void words_fingerprint(enum words_language language, const struct hash *hash,
                       char ret_text[WORDS_FINGERPRINT_CAPACITY])
{
	char *at = ret_text;

	for (size_t i = 0; i < WORDS_FINGERPRINT_COUNT; i++) {
		const char *word = words_at(language, hash->bytes[i]);
		size_t size = strlen(word);

		if (i > 0)
			*at++ = ' ';
		memcpy(at, word, size);
		at += size;
	}
	*at = '\0';
}
